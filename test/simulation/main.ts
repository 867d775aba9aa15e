// `npm run simulate -- --seed 7 --days 30 --devices 500`: how it went, and, where something broke, the smallest run that breaks it.
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { day, fleetSabotages, type Plan, sabotages } from './plan.ts';
import { shrink } from './shrink.ts';
import { type Simulated, simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '7' },
    days: { type: 'string', default: '30' },
    devices: { type: 'string', default: '500' },
    /** Takes something out, to see what a violation looks like. */
    sabotage: { type: 'string' },
    /** A second time, to see that it is the very same run. */
    twice: { type: 'boolean', default: false },
  },
});

const sabotage = [...sabotages, ...fleetSabotages].find((name) => name === values.sabotage);
const plan: Plan = {
  seed: Number(values.seed),
  days: Number(values.days),
  devices: Number(values.devices),
  ...(sabotage === undefined ? {} : { sabotage }),
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

const tellViolation = async (simulated: Simulated): Promise<void> => {
  const { violation } = simulated;
  if (violation === undefined) return;
  console.log(
    `BROKEN with seed ${plan.seed}, after ${((violation.at - Date.UTC(2026, 0, 1)) / day).toFixed(2)} days:`,
  );
  console.log(`  ${violation.message}`);
  const { plan: small, simulated: again, runs } = await shrink(plan, simulated, shrinksMax);
  const wishes = new Set(again.wishes).size;
  console.log(
    `Shrunk in ${runs} runs to ${small.only?.length ?? small.devices} device(s), ${small.days.toFixed(2)} days, ${wishes} wish(es):`,
  );
  for (const line of again.trace) console.log(`  ${line}`);
  console.log(`  ${again.violation?.message}`);
};

const began = performance.now();
const simulated = await simulate(plan);
tell(simulated, (performance.now() - began) / 1000);
await tellViolation(simulated);
if (values.twice) {
  const { history } = await simulate(plan);
  console.log(
    history === simulated.history
      ? 'The second run was the very same.'
      : `The second run differs: ${history}`,
  );
}
if (simulated.violation === undefined) console.log('Nothing is broken, and everything came to rest.');
process.exitCode = simulated.violation === undefined ? 0 : 1;
