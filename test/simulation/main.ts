// `npm run simulate -- --seed 7 --days 30 --devices 500`: how it went, and, where something broke, the smallest run that breaks it.
import { performance } from 'node:perf_hooks';
import { flag, oneOf, readOptions, runCommand, wholeNumber } from '#test/support/options';
import { day, fleetSabotages, type Plan, sabotages } from './plan.ts';
import { shrink, toldShrunk } from './shrink.ts';
import { type Simulated, simulate } from './simulate.ts';

const usage = `Usage: npm run simulate -- [options]
  --seed N         the same seed is the same run (7)
  --days N         how long, in virtual time (30)
  --devices N      how many (500)
  --twice          a second time, to see that it is the very same run
  --sabotage NAME  takes something out, to see what a violation looks like:
${[...sabotages, ...fleetSabotages].map((name) => `                   "${name}"`).join('\n')}
  --help           shows this`;

const known = {
  seed: wholeNumber(0, 7),
  days: wholeNumber(1, 30),
  devices: wholeNumber(1, 500),
  sabotage: oneOf([...sabotages, ...fleetSabotages]),
  twice: flag,
};

const readWish = (args: readonly string[]): { readonly plan: Plan; readonly twice: boolean } => {
  const { sabotage, twice, ...size } = readOptions(args, known);
  return { plan: { ...size, ...(sabotage === undefined ? {} : { sabotage }) }, twice };
};

const shrinksMax = 120;

const list = (title: string, counts: Iterable<readonly [string, number]>): void => {
  console.log(`${title}:`);
  for (const [name, count] of counts) console.log(`  ${String(count).padStart(8)}  ${name}`);
};

const tell = (simulated: Simulated, seconds: number): void => {
  const { deployments, saves, events, virtualMs, history } = simulated;
  list(
    `${deployments} deployments, by what became of them (filed: never accepted)`,
    [...simulated.ends].sort(),
  );
  list('Rollouts of environments, by how they ended', [...simulated.rollouts].sort());
  list('Their parts, by what became of them', [...simulated.parts].sort());
  list('Faults', simulated.faults);
  console.log(
    `${(virtualMs / day).toFixed(1)} days in ${seconds.toFixed(1)} s: ${events} events, ${saves} saves of a slot, each held to the invariants.`,
  );
  console.log(`Digest of the history: ${history}`);
};

const tellViolation = async (plan: Plan, simulated: Simulated): Promise<void> => {
  const { violation } = simulated;
  if (violation === undefined) return;
  console.log(
    `BROKEN with seed ${plan.seed}, after ${((violation.at - Date.UTC(2026, 0, 1)) / day).toFixed(2)} days:`,
  );
  console.log(`  ${violation.message}`);
  const shrunk = await shrink(plan, simulated, shrinksMax);
  const again = shrunk.simulated;
  console.log(toldShrunk(plan, shrunk));
  for (const line of again.trace) console.log(`  ${line}`);
  console.log(`  ${again.violation?.message}`);
};

const tellAgain = async (plan: Plan, simulated: Simulated): Promise<void> => {
  const { history } = await simulate(plan);
  console.log(
    history === simulated.history
      ? 'The second run was the very same.'
      : `The second run differs: ${history}`,
  );
};

await runCommand(usage, readWish, async ({ plan, twice }) => {
  const began = performance.now();
  const simulated = await simulate(plan);
  tell(simulated, (performance.now() - began) / 1000);
  await tellViolation(plan, simulated);
  if (twice) await tellAgain(plan, simulated);
  if (simulated.violation === undefined) console.log('Nothing is broken, and everything came to rest.');
  process.exitCode = simulated.violation === undefined ? 0 : 1;
});
