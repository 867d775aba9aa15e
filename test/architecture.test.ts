// Who may import whom. Every arrow goes down, and there are no circles.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Subpath imports, as package.json has them. */
const subpaths: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
).imports;

const filesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?ts$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));

const sources = ['shared', 'functions', 'infra'].flatMap(filesBelow);

const importsOf = (file: string): string[] => {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(
    /^(?:import|export)\b[^'"]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)/gm,
  );
  return [...found].map(([, from, bare, lazy]) => from ?? bare ?? lazy ?? '');
};

/** The file that a specifier of ours means; undefined for packages and Node's own modules. */
const resolved = (file: string, specifier: string): string | undefined => {
  if (specifier.startsWith('.')) return relative(root, join(root, dirname(file), specifier));
  const room = Object.keys(subpaths).find((key) => specifier.startsWith(key.slice(0, -1)));
  if (room === undefined) return undefined;
  const rest = specifier.slice(room.length - 1);
  return (subpaths[room] ?? '').replace('./', '').replace('*', rest);
};

const isBelow = (file: string, folder: string): boolean => file === folder || file.startsWith(`${folder}/`);

/** The longest matching room counts; `packages` are patterns of what may be imported from outside. */
const rooms: readonly {
  readonly room: string;
  readonly may: readonly string[];
  readonly packages: RegExp;
}[] = [
  { room: 'shared/domain', may: [], packages: /^$/ },
  { room: 'shared/operations', may: [], packages: /^zod$/ },
  { room: 'shared/device', may: [], packages: /^(node:.*|zod|mqtt|@peculiar\/x509|canonicalize)$/ },
  {
    room: 'shared/engine',
    may: ['shared/domain', 'shared/operations', 'shared/device'],
    packages: /^(node:crypto|canonicalize|ipaddr\.js)$/,
  },
  {
    room: 'shared/adapters/memory',
    may: ['shared/engine', 'shared/domain', 'shared/operations', 'shared/device', 'shared/adapters'],
    packages: /^node:crypto$/,
  },
  {
    room: 'shared/adapters',
    may: ['shared/engine', 'shared/domain', 'shared/operations', 'shared/device'],
    packages: /^(node:.*|zod|@aws-sdk\/.*|@smithy\/.*)$/,
  },
  {
    room: 'shared/dialects',
    may: ['shared/engine', 'shared/domain', 'shared/device'],
    packages:
      /^(node:crypto|node:vm|zod|ajv.*|yaml|re2js|@hyperjump\/json-pointer|@peculiar\/x509|reflect-metadata|standardwebhooks)$/,
  },
  {
    room: 'functions',
    may: ['shared'],
    packages: /^(node:.*|zod|@middy\/.*|@aws-lambda-powertools\/.*|aws-lambda)$/,
  },
  {
    room: 'functions/wiring/live.ts',
    may: ['shared'],
    packages: /^(node:.*|@aws-sdk\/.*)$/,
  },
  {
    room: 'functions/wiring/live-certificates.ts',
    may: ['shared'],
    packages: /^@aws-sdk\/.*$/,
  },
  {
    room: 'functions/wiring/live-operator.ts',
    may: ['shared'],
    packages: /^@aws-sdk\/.*$/,
  },
  {
    room: 'infra',
    may: [
      'shared/operations',
      'shared/device/topics.ts',
      'shared/device/shadow.ts',
      'shared/device/activation.ts',
      'shared/dialects',
    ],
    packages: /.*/,
  },
];

const roomOf = (file: string) =>
  rooms
    .filter(({ room }) => isBelow(file, room))
    .sort((a, b) => b.room.length - a.room.length)
    .at(0);

describe('the house', () => {
  it('has a room for every file', () => {
    expect(sources.filter((file) => roomOf(file) === undefined)).toEqual([]);
  });

  it('has only imports that go down', () => {
    const wrong = sources.flatMap((file) => {
      const room = roomOf(file);
      return importsOf(file).flatMap((specifier) => {
        const target = resolved(file, specifier);
        // A package's own files are reached by path where it does not export them.
        const isPackage = target === undefined || target.startsWith('node_modules/');
        const fine =
          isPackage || target === undefined
            ? room?.packages.test(specifier)
            : isBelow(target, room?.room ?? '') ||
              (isBelow(file, 'functions') && isBelow(target, 'functions')) ||
              room?.may.some((folder) => isBelow(target, folder));
        return fine ? [] : `${file} must not import ${specifier}`;
      });
    });
    expect(wrong).toEqual([]);
  });

  it('lets infra know only the contracts of the dialects', () => {
    const wrong = sources
      .filter((file) => isBelow(file, 'infra'))
      .flatMap((file) => importsOf(file).map((specifier) => ({ file, target: resolved(file, specifier) })))
      .filter(({ target }) => target?.startsWith('shared/dialects/') && !target.endsWith('/contract.ts'));
    expect(wrong).toEqual([]);
  });

  it('has no circles', () => {
    const graph = new Map(
      sources.map((file) => [file, importsOf(file).flatMap((specifier) => resolved(file, specifier) ?? [])]),
    );
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (done.has(file) || path.includes(file)) return;
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of sources) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('has no word for a dialect below the dialects', () => {
    const below = sources.filter((file) => /^shared\/(domain|engine|adapters|device)\//.test(file));
    const code = (file: string) =>
      readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    const named = below.filter((file) => /humanitec|miru|heat\b|openstack/i.test(code(file)));
    // The agent speaks to the cloud that created it, through one of its dialects.
    expect(named.filter((file) => !file.startsWith('shared/device/agent/'))).toEqual([]);
  });

  it('has the clients of functions made in one file, those that few load in another, and those of operators in a third', () => {
    const makers = sources.filter((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      return /new (DynamoDB|SQS|IoT|IoTDataPlane)Client\(/.test(text) && !isBelow(file, 'infra/local');
    });
    expect(makers.toSorted()).toEqual([
      'functions/wiring/live-certificates.ts',
      'functions/wiring/live-operator.ts',
      'functions/wiring/live.ts',
    ]);
  });
});
