// What the bench is asked to do, read from its command line.
import { flag, readOptions as read, someOf, UsageError, webUrl, wholeNumbers } from '#test/support/options';

export const sectionNames = ['counts', 'functions', 'throughput', 'scale', 'compare'] as const;
export type SectionName = (typeof sectionNames)[number];

export interface Options {
  /** Sections by name; undefined: all. */
  readonly only: readonly SectionName[] | undefined;
  /** One JSON object instead of Markdown. */
  readonly json: boolean;
  /** Keep the results in RESULTS.md. */
  readonly write: boolean;
  /** How many deployments are stored before a life is counted. */
  readonly stored: readonly number[];
  /** How many devices live together while a life is counted; none: only as many as always. */
  readonly fleet: readonly number[];
  /** How many devices are deployed to at a time. */
  readonly devices: readonly number[];
  /** Another server that speaks Heat. */
  readonly compare: string | undefined;
  /** Says what is being done; never on stdout. */
  readonly say: (line: string) => void;
}

export const usage = `Usage: npm run bench -- [options]
  --only a,b       sections: ${sectionNames.join(', ')} (all; with --compare URL compare alone)
  --json           one JSON object on stdout (npm itself is silent with "npm run -s")
  --write          keep the results in test/bench/RESULTS.md
  --stored a,b     deployments that are stored before a life is counted (10,1000,100000,1000000: minutes; with --json 10)
  --fleet a,b      devices that live together while a life is counted (1,100,10000: minutes; with --json none)
  --devices a,b    devices that are deployed to at a time (1,50,500)
  --compare URL    another Heat-compatible server, also as OpenStack's catalog names it (http://host:8004/v1/TENANT);
                   BENCH_TENANT (or that TENANT, or admin) and BENCH_TOKEN say as whom
  --help           shows this`;

const known = {
  only: someOf(sectionNames),
  json: flag,
  write: flag,
  stored: wholeNumbers(0),
  fleet: wholeNumbers(1),
  devices: wholeNumbers(1),
  compare: webUrl,
};

/** A section that would measure nothing, or a server that nobody would ask. */
const refuseContradictions = (only: Options['only'], compare: Options['compare']): void => {
  if (only === undefined) return;
  if (only.includes('compare') && compare === undefined)
    throw new UsageError('--only compare needs --compare URL: the server to compare with.');
  if (!only.includes('compare') && compare !== undefined)
    throw new UsageError('--compare URL is for the section compare, and --only leaves that out.');
};

export const readOptions = (args: readonly string[]): Options => {
  const { only, json, write, stored, fleet, devices, compare } = read(args, known);
  refuseContradictions(only, compare);
  return {
    only: only ?? (compare === undefined ? undefined : ['compare']),
    json,
    write,
    stored: stored ?? (json ? [10] : [10, 1000, 100_000, 1_000_000]),
    fleet: fleet ?? (json ? [] : [1, 100, 10_000]),
    devices: devices ?? [1, 50, 500],
    compare,
    say: (line) => process.stderr.write(`${line}\n`),
  };
};
