// The bundles of the synthesized templates, and beside them the emptiest handler there is, bundled in the same way.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import * as z from 'zod';
import { bundleOptions } from '#infra/constructs/bundle';
import { localAccount, localRegion } from '#infra/local/state';
import { synthesize } from '#infra/local/synthesize';
import { readAssembly } from '#infra/local/template/assembly';
import { planResources } from '#infra/local/template/plan';
import { resourceTypes } from '#infra/local/template/resource-types';
import { shortName } from '../counts/plan.ts';

export interface Bundle {
  readonly name: string;
  readonly file: string;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /** What is loaded before anything can be answered. */
  readonly startKb: number;
  readonly startGzipKb: number;
  /** With what is loaded only when it is asked for. */
  readonly wholeKb: number;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const kibibyte = 1024;

/** Chunks that a file imports without being asked: `from"./chunk-X.mjs"`, and not `import("./chunk-X.mjs")`. */
const importedBy = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import) ?"(\.\/chunk-\w+\.mjs)"/g)].map(([, chunk = '']) =>
    join(dirname(file), chunk),
  );

const filesAtStart = (file: string): readonly string[] => {
  const found = new Set([file]);
  for (const one of found) for (const chunk of importedBy(one)) found.add(chunk);
  return [...found];
};

const kbOf = (texts: readonly Buffer[]): number =>
  texts.reduce((sum, { length }) => sum + length, 0) / kibibyte;

const sizesOf = (file: string) => {
  const atStart = filesAtStart(file).map((one) => readFileSync(one));
  const folder = dirname(file);
  return {
    startKb: kbOf(atStart),
    startGzipKb: kbOf(atStart.map((text) => gzipSync(text))),
    wholeKb: kbOf(readdirSync(folder).map((name) => readFileSync(join(folder, name)))),
  };
};

const properties = z.looseObject({
  MemorySize: z.number(),
  Environment: z.looseObject({ Variables: z.record(z.string(), z.string()) }).optional(),
});

/** As the local cloud starts them: bundled by CDK, found by their metadata. */
export const readBundles = async (directory: string): Promise<readonly Bundle[]> => {
  const assembly = await synthesize(join(directory, 'cdk.out'));
  const planned = planResources(readAssembly(assembly), resourceTypes, {
    region: localRegion,
    accountId: localAccount,
    partition: 'aws',
    queueUrl: (name) => `http://127.0.0.1/${name}`,
    apiUrl: 'http://127.0.0.1',
  });
  return planned
    .map(({ resource }) => resource)
    .filter(({ type }) => type === 'AWS::Lambda::Function')
    .map((resource) => {
      const { MemorySize: memoryMb, Environment } = properties.parse(resource.properties);
      const file = resolve(resource.directory, String(resource.metadata['aws:asset:path']), 'index.mjs');
      const environment = Environment?.Variables ?? {};
      return { name: shortName(resource.name), file, memoryMb, environment, ...sizesOf(file) };
    })
    .sort((one, other) => one.name.localeCompare(other.name));
};

/** What a function costs before it does anything: Node.js, middy, and an answer. */
export const emptyBundle = async (directory: string): Promise<Bundle> => {
  const folder = join(directory, 'empty');
  mkdirSync(folder, { recursive: true });
  const contents =
    "import middy from '@middy/core'; export const handler = middy().handler(async () => ({ statusCode: 200 }));";
  await build({
    ...bundleOptions,
    stdin: { contents, resolveDir: root },
    outdir: folder,
    entryNames: 'index',
  });
  const file = join(folder, 'index.mjs');
  return { name: 'empty middy handler', file, memoryMb: 1024, environment: {}, ...sizesOf(file) };
};
