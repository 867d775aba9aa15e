// What a fresh clone stands on: a lockfile that `npm ci` takes, and versions that do not move.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const json = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  /** Came inside another package. */
  readonly inBundle?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const locked = json('package-lock.json').packages as Readonly<Record<string, Locked>>;

describe('the lockfile', () => {
  it('has an entry for every optional package, or npm ci refuses it; a missing one is a copy of its sibling', () => {
    const missing = Object.entries(locked).flatMap(([path, { inBundle, optionalDependencies = {} }]) =>
      Object.keys(inBundle ? {} : optionalDependencies)
        .filter(
          (name) =>
            locked[`node_modules/${name}`] === undefined &&
            locked[`${path}/node_modules/${name}`] === undefined,
        )
        .map((name) => `${path || 'the project'} wants ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('says nothing of where packages were loaded from', () => {
    expect(Object.values(locked).filter(({ resolved }) => resolved?.startsWith('http'))).toEqual([]);
  });
});

describe('package.json', () => {
  it('has exact versions only', () => {
    const { dependencies, devDependencies, optionalDependencies } = json('package.json');
    const all = Object.entries<string>({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(all.filter(([, version]) => !/^(npm:@?[\w./-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual(
      [],
    );
  });

  it('says that importing a test does something, or those that are bundled are left out; and importing anything else does not', () => {
    expect(json('package.json').sideEffects).toEqual(['./test/**']);
  });
});
