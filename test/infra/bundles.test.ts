// What a function loads before it can answer: each kilobyte is read at every cold start, and a library that comes in unseen stays for
// good. Sizes are counted and not timed; a budget that is raised says in its commit what for.
import { build, type Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleOptions } from '#infra/constructs/bundle';
import { entries } from '#infra/constructs/function';
import type { FunctionName } from '#operations/environment';

/** KB that are loaded at the start, about a twentieth above what they are now. */
const budgets: Readonly<Record<FunctionName, number>> = {
  'api-miru': 840,
  'api-heat': 830,
  'api-humanitec': 960,
  'api-device': 1300,
  'carry-out-transition': 750,
  'take-report': 730,
  'serve-content': 690,
  'roll-out': 770,
  'halt-rollouts': 700,
  'deliver-webhook': 740,
  'sweep-contents': 660,
  'sweep-overdue': 730,
};

const signsCertificates: readonly FunctionName[] = ['api-device'];
const callsStrangers: readonly FunctionName[] = ['api-humanitec', 'deliver-webhook'];

/** Who loads these at the start; anybody else has them in a chunk that few calls need, or not at all. */
const heavy: Readonly<Record<string, readonly FunctionName[]>> = {
  ajv: [],
  'ajv-formats': [],
  re2js: [],
  yaml: [],
  mqtt: [],
  '@aws-sdk/client-cloudwatch-logs': [],
  '@aws-sdk/nested-clients': [],
  '@aws-sdk/client-iot': signsCertificates,
  '@peculiar/x509': signsCertificates,
  'ipaddr.js': callsStrangers,
  standardwebhooks: callsStrangers,
};

interface Start {
  readonly kb: number;
  readonly packages: ReadonlySet<string>;
}

/** The first file, and all that it imports without being asked again. */
const filesAtStart = (entry: string, outputs: Metafile['outputs']): readonly string[] => {
  const found = new Set(Object.keys(outputs).filter((file) => outputs[file]?.entryPoint === entry));
  for (const file of found)
    for (const { path, kind } of outputs[file]?.imports ?? []) if (kind !== 'dynamic-import') found.add(path);
  return [...found].filter((file) => file in outputs);
};

const packageOf = (input: string): string | undefined =>
  /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];

const startOf = async (entry: string): Promise<Start> => {
  const { metafile } = await build({
    ...bundleOptions,
    entryPoints: { index: entry },
    outdir: 'nowhere',
    write: false,
    metafile: true,
  });
  const files = filesAtStart(entry, metafile.outputs).map((file) => metafile.outputs[file]);
  const inputs = files.flatMap((file) =>
    Object.entries(file?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  return {
    kb: files.reduce((sum, file) => sum + (file?.bytes ?? 0), 0) / 1024,
    packages: new Set(inputs.flatMap(([input]) => packageOf(input) ?? [])),
  };
};

const names = Object.keys(entries) as FunctionName[];
let starts: Readonly<Record<FunctionName, Start>>;

beforeAll(async () => {
  const built = await Promise.all(names.map(async (name) => [name, await startOf(entries[name])] as const));
  starts = Object.fromEntries(built) as Record<FunctionName, Start>;
}, 120_000);

describe('what a function loads at its start', () => {
  it.each(names)('is within its budget: %s', (name) => {
    const { kb } = starts[name];
    expect(kb).toBeLessThan(budgets[name]);
    // A budget that has become generous would let the next library in.
    expect(kb).toBeGreaterThan(budgets[name] * 0.85);
  });

  it.each(Object.entries(heavy))('holds %s only where most calls need it', (name, where) => {
    expect(names.filter((each) => starts[each].packages.has(name)).toSorted()).toEqual(where.toSorted());
  });
});
