// What the docs show of the code is what the code is.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withStateDiagram } from '../docs/state-diagram.ts';

const root = resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const pages = [
  ...readdirSync(root).filter((file) => file.endsWith('.md')),
  ...readdirSync(join(root, 'docs')).flatMap((file) => (file.endsWith('.md') ? [`docs/${file}`] : [])),
];

describe('ARCHITECTURE.md', () => {
  it('shows the move table as it is; otherwise: npm run docs', () => {
    expect(read('ARCHITECTURE.md')).toBe(withStateDiagram(read('ARCHITECTURE.md')));
  });

  it('names only files that are there', () => {
    const named = [
      ...read('ARCHITECTURE.md').matchAll(/`((?:shared|infra|functions|test|docs)\/[\w./-]+)`/g),
    ];
    expect(named.length).toBeGreaterThan(10);
    expect(named.flatMap(([, file = '']) => (existsSync(join(root, file)) ? [] : [file]))).toEqual([]);
  });
});

describe('every page', () => {
  it.each(pages)('%s links only to files that are there', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
  });

  it.each(pages)('%s names only scripts that package.json has', (page) => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = [...read(page).matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });
});
