// The bundles of the synthesized templates, and beside them the emptiest handler there is, bundled in the same way.
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import * as z from 'zod';
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
  readonly kb: number;
  readonly gzipKb: number;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const kibibyte = 1024;

const sizesOf = (file: string) => ({
  kb: statSync(file).size / kibibyte,
  gzipKb: gzipSync(readFileSync(file)).length / kibibyte,
});

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
  const file = join(folder, 'index.mjs');
  await build({
    stdin: {
      contents:
        "import middy from '@middy/core'; export const handler = middy().handler(async () => ({ statusCode: 200 }));",
      resolveDir: root,
    },
    bundle: true,
    outfile: file,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'silent',
  });
  return { name: 'empty middy handler', file, memoryMb: 1024, environment: {}, ...sizesOf(file) };
};
