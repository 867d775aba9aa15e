// What the bench is asked to do, read from its command line.
import { parseArgs } from 'node:util';

export interface Options {
  /** Sections by name; undefined: all. */
  readonly only: readonly string[] | undefined;
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
  --only a,b       sections: counts, functions, throughput, scale, compare
  --json           one JSON object on stdout (npm itself is silent with "npm run -s")
  --write          keep the results in test/bench/RESULTS.md
  --stored a,b     deployments that are stored before a life is counted (10,1000,100000,1000000: minutes; with --json 10)
  --fleet a,b      devices that live together while a life is counted (1,100,10000: minutes; with --json none)
  --devices a,b    devices that are deployed to at a time (1,50,500)
  --compare URL    another Heat-compatible server; BENCH_TENANT and BENCH_TOKEN say as whom`;

const numbersIn = (text: string | undefined, otherwise: readonly number[]): readonly number[] =>
  text === undefined ? otherwise : text.split(',').map(Number);

export const readOptions = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      stored: { type: 'string' },
      fleet: { type: 'string' },
      devices: { type: 'string' },
      compare: { type: 'string' },
    },
  });
  return {
    only: values.only?.split(','),
    json: values.json,
    write: values.write,
    stored: numbersIn(values.stored, values.json ? [10] : [10, 1000, 100_000, 1_000_000]),
    fleet: numbersIn(values.fleet, values.json ? [] : [1, 100, 10_000]),
    devices: numbersIn(values.devices, [1, 50, 500]),
    compare: values.compare,
    say: (line) => process.stderr.write(`${line}\n`),
  };
};
