// Section: how large the functions are, how long they take to start, and how long to answer.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableOf } from '../markdown.ts';
import { section } from '../section.ts';
import { type Answered, answers } from './answers.ts';
import { emptyBundle, readBundles } from './bundles.ts';
import { coldStarts } from './cold-start.ts';

export interface FunctionFacts {
  readonly name: string;
  readonly memoryMb: number;
  readonly startKb: number;
  readonly startGzipKb: number;
  readonly wholeKb: number;
  readonly coldStartMs: number;
  /** Against the empty handler. */
  readonly coldStartRatio: number;
  readonly cpuRatio: number;
  readonly rssMb: number;
}

export interface Measured {
  readonly functions: readonly FunctionFacts[];
  readonly answers: readonly Answered[];
}

const measureFunctions = async (): Promise<readonly FunctionFacts[]> => {
  const directory = mkdtempSync(join(tmpdir(), 'shadowcast-bench-'));
  try {
    const empty = await emptyBundle(directory);
    const bundles = [empty, ...(await readBundles(directory))];
    const starts = await coldStarts(bundles);
    const { answeredMs: emptyMs = 1, cpuMs: emptyCpuMs = 1 } = starts.get(empty) ?? {};
    return bundles.map((bundle) => {
      const { answeredMs = 0, cpuMs = 0, rssMb = 0 } = starts.get(bundle) ?? {};
      const { name, memoryMb, startKb, startGzipKb, wholeKb } = bundle;
      return {
        name,
        memoryMb,
        startKb,
        startGzipKb,
        wholeKb,
        coldStartMs: answeredMs,
        coldStartRatio: answeredMs / emptyMs,
        cpuRatio: cpuMs / emptyCpuMs,
        rssMb,
      };
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const render = ({ functions, answers: answered }: Measured): string => {
  const fastest = Math.min(...answered.map(({ medianUs }) => medianUs));
  return [
    'Bundles of the synthesized templates: what is loaded at the start, and the whole with the chunks that only some calls load. A cold start is a fresh Node.js process to its first answer (a request without a key, an empty batch), the median of seven in turn; what counts is the ratio to the emptiest middy handler of the same run, in time and in processor time. `test/infra/bundles.test.ts` holds the sizes.',
    '',
    tableOf(
      [
        'function',
        'KB at start',
        'gzip KB',
        'whole KB',
        'cold start, ratio',
        'CPU, ratio',
        'ms here',
        'RSS MB',
        'memory MB',
      ],
      functions.map((each) => [
        each.name,
        Math.round(each.startKb),
        Math.round(each.startGzipKb),
        Math.round(each.wholeKb),
        each.coldStartRatio.toFixed(2),
        each.cpuRatio.toFixed(2),
        Math.round(each.coldStartMs),
        Math.round(each.rssMb),
        each.memoryMb,
      ]),
    ),
    '',
    'Answers of the doors on a world in memory, with everything but the network in them (median of 200; the ratio is to the fastest):',
    '',
    tableOf(
      ['dialect', '<request', 'status', 'µs here', 'ratio'],
      answered.map(({ dialect, request, status, medianUs }) => [
        dialect,
        `\`${request}\``,
        String(status),
        Math.round(medianUs),
        (medianUs / fastest).toFixed(1),
      ]),
    ),
  ].join('\n');
};

export const functions = section(
  'functions',
  'Functions',
  async ({ say }) => {
    say('functions: bundles and cold starts');
    const measured = await measureFunctions();
    say('functions: answers');
    return { functions: measured, answers: await answers() };
  },
  render,
);
