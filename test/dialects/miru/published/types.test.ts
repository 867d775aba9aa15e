// The types that a client in TypeScript has of the published document are what the generator makes of it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const root = resolve(import.meta.dirname, '../../../..');
const here = (file: string): string => join(import.meta.dirname, file);
const generator = join(root, 'node_modules/openapi-typescript/bin/cli.js');

/** However the text is laid out, and without the remarks on top of it. */
const tokens = (text: string): string =>
  text
    .slice(text.indexOf('export interface paths'))
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    .replaceAll('"', "'")
    .replaceAll(/[\s;,|()]+/g, '');

it('tetons.ts is made from tetons.yaml; otherwise see README.md there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shadowcast-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const made = join(folder, 'tetons.ts');
  execFileSync(process.execPath, [generator, here('tetons.yaml'), '--output', made], { cwd: root });
  expect(tokens(readFileSync(here('tetons.ts'), 'utf8'))).toBe(tokens(readFileSync(made, 'utf8')));
});
