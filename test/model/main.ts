// `npm run model`, `npm run model -- --long`: everything that may happen within small bounds, and what came out of it.
import { performance } from 'node:perf_hooks';
import { flag, readOptions, runCommand } from '#test/support/options';
import { sentenceOf } from './bounds.ts';
import { rules } from './rules.ts';
import { type Found, type Searched, search } from './search.ts';
import { long, standard, type Tour } from './tours.ts';

const usage = `Usage: npm run model -- [options]
  --long   ten times as much: some minutes instead of one
  --help   shows this`;

const count = (value: number): string => value.toLocaleString('en');

const tell = ({ bounds }: Tour, searched: Searched, seconds: number): void => {
  const { states, transitions, depth, isComplete, sizes, settled } = searched;
  console.log(`${bounds.name}: ${sentenceOf(bounds)}`);
  console.log(
    `  ${count(states)} distinct states, ${count(transitions)} steps, ${depth} deep, ${isComplete ? 'complete' : 'not complete: all that is nearer than that'}`,
  );
  console.log(
    `  ${seconds.toFixed(1)} s, ${count(Math.round(states / seconds))} states/s; made of ${count(sizes.slots)} slots, ${count(sizes.cells)} devices with all that is kept for them, ${count(sizes.processes)} processes`,
  );
  if (settled !== undefined && settled.violations.length === 0)
    console.log(
      `  0 violations; each of them comes to rest, and well, when no more faults come (${settled.stepsMost} steps at most to one that is known to)`,
    );
};

const tellViolation = ({ broken, trace }: Found): void => {
  console.log(`  BROKEN: ${broken.join('; ')}`);
  for (const [index, step] of trace.entries()) console.log(`    ${index + 1}. ${step}`);
};

const run = (tour: Tour): Searched => {
  const began = performance.now();
  const searched = search(rules, tour.bounds, { statesMax: tour.statesMax });
  tell(tour, searched, (performance.now() - began) / 1000);
  for (const violation of searched.violations) tellViolation(violation);
  return searched;
};

const runAll = (tours: readonly Tour[]): void => {
  const began = performance.now();
  const all = tours.map(run);
  const states = all.reduce((sum, { states }) => sum + states, 0);
  const violations = all.reduce((sum, searched) => sum + searched.violations.length, 0);
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `In all ${count(states)} distinct states in ${seconds.toFixed(0)} s, ${violations} violations.`,
  );
  process.exitCode = violations === 0 ? 0 : 1;
};

await runCommand(
  usage,
  (args) => readOptions(args, { long: flag }),
  (options) => runAll(options.long ? long : standard),
);
