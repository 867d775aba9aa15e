// What `npm run docs` writes: documents that are made from the code and checked in, so that a change of them is seen in review.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { document as heat } from '#dialects/heat/document';
import { document as humanitec } from '#dialects/humanitec/document';
import { document as miru } from '#dialects/miru/document';
import { withStateDiagram } from './state-diagram.ts';

const root = join(import.meta.dirname, '..');

const documents: Readonly<Record<string, () => unknown>> = {
  'docs/openapi/heat.json': heat,
  'docs/openapi/humanitec.json': humanitec,
  'docs/openapi/miru.json': miru,
};

for (const [path, make] of Object.entries(documents))
  writeFileSync(join(root, path), `${JSON.stringify(make(), null, 2)}\n`);

// In the house's own layout, so that the lint has nothing to say about them.
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
execFileSync(process.execPath, [biome, 'format', '--write', ...Object.keys(documents)], {
  cwd: root,
  stdio: 'inherit',
});

const architecture = join(root, 'ARCHITECTURE.md');
writeFileSync(architecture, withStateDiagram(readFileSync(architecture, 'utf8')));
