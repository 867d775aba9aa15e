// All tests of the domain, and the domain, as one file that Node.js runs as it is: made once, and started for each mutant.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '../..');
const quick = join(import.meta.dirname, 'quick.ts');
/** It walks through every state within reach: four seconds a mutant, where all the others take a tenth of one. */
const tooSlow = ['test/domain/invariants.test.ts'];
const tests = globSync('test/domain/**/*.test.ts', { cwd: root, exclude: tooSlow }).sort();

/** Everybody gets the quick one, and it gets the true one. */
const quickVitest: Plugin = {
  name: 'quick vitest',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^vitest$/ }, ({ importer }) =>
      importer === quick ? { path: 'vitest', external: true } : { path: quick },
    );
  },
};

await build({
  stdin: {
    contents: [
      ...tests.map((file) => `import './${file}';`),
      `import { runAll } from './test/mutation/quick.ts';`,
      'await runAll();',
    ].join('\n'),
    resolveDir: root,
  },
  outfile: join(import.meta.dirname, 'domain.mjs'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  external: ['fast-check'],
  plugins: [quickVitest],
});
