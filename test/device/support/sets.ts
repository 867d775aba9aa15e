// Sets of files as a test writes them down: path and text.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '#device/agent/digest';
import type { NewSet } from '#device/agent/files/place';
import { storeName } from '#device/agent/files/store';
import type { Target, TargetItem } from '#device/shadow';

export type Texts = Readonly<Record<string, string>>;

export const itemOf = (path: string, text: string | Buffer): TargetItem => ({
  path,
  digest: digestOf(text),
  size: Buffer.byteLength(text),
});

export const inlineItem = (path: string, text: string): TargetItem => ({ ...itemOf(path, text), data: text });

/** A target with everything inline. */
export const targetOf = (seq: number, texts: Texts): Target => ({
  v: 1,
  seq,
  deployment: `dpl_${seq}`,
  manifest: digestOf(JSON.stringify(texts)),
  items: Object.entries(texts).map(([path, text]) => inlineItem(path, text)),
});

/** A text as content with so many bytes of salt before it. */
export const salted = (salt: string, text: string): Buffer => Buffer.from(`${salt}${text}`);

/** With a salt every content of the set begins with it. */
export const newSet = (seq: number, texts: Texts, salt = ''): NewSet => ({
  record: {
    seq,
    deployment: `dpl_${seq}`,
    manifest: digestOf(JSON.stringify(texts)),
    attempt: 1,
    items: Object.entries(texts).map(([path, text]) => ({
      ...itemOf(path, salted(salt, text)),
      salt: salt === '' ? undefined : Buffer.from(salt).toString('hex'),
    })),
  },
  contents: new Map(Object.values(texts).map((text) => [digestOf(salted(salt, text)), salted(salt, text)])),
});

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** What a program on the device sees below the root: every file that can be opened, with its text. */
export const viewOf = (root: string, below = ''): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(root, below), { withFileTypes: true })
      .filter(({ name }) => below !== '' || name !== storeName)
      .flatMap((entry): [string, string][] => {
        const path = below === '' ? entry.name : `${below}/${entry.name}`;
        if (entry.isDirectory()) return Object.entries(viewOf(root, path));
        const text = readText(join(root, path));
        return text === undefined ? [] : [[path, text]];
      }),
  );

/** Every name below the root, also of directories and of links that lead nowhere; links are not followed. */
export const namesIn = (root: string, below = ''): string[] =>
  readdirSync(join(root, below), { withFileTypes: true })
    .filter(({ name }) => below !== '' || name !== storeName)
    .flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? [path, ...namesIn(root, path)] : [path];
    })
    .sort();
