// From a run that broke something to a small one that still does: fewer devices, less time, fewer wishes.
import { day, hour, type Plan } from './plan.ts';
import { type Simulated, simulate } from './simulate.ts';

export interface Shrunk {
  readonly plan: Plan;
  readonly simulated: Simulated;
  readonly runs: number;
}

const sentenceOf = ({ violation }: Simulated): string | undefined => violation?.message.split(':')[0];

/** Until nothing can be left out any more, or so many runs were made. */
export const shrink = async (plan: Plan, simulated: Simulated, runsMax: number): Promise<Shrunk> => {
  const sentence = sentenceOf(simulated);
  let smallest = { plan, simulated };
  let runs = 0;

  /** Keeps it if it breaks the same. */
  const attempt = async (change: Partial<Plan>): Promise<boolean> => {
    if (runs >= runsMax) return false;
    runs += 1;
    const next = { ...smallest.plan, ...change };
    const outcome = await simulate(next);
    if (sentenceOf(outcome) !== sentence) return false;
    smallest = { plan: next, simulated: outcome };
    return true;
  };

  const device = simulated.violation?.device;
  if (device !== undefined) await attempt({ only: [device] });

  const untilThen = (): number => {
    const { violation, virtualMs } = smallest.simulated;
    return violation === undefined ? virtualMs : Math.min(virtualMs, smallest.plan.days * day);
  };
  await attempt({ days: (untilThen() + hour) / day });
  for (let days = smallest.plan.days / 2; days > 1 / 24 && (await attempt({ days })); days /= 2);

  const leftOut = (): ReadonlySet<string> => smallest.plan.without ?? new Set();
  const kept = (): string[] => [...new Set(smallest.simulated.wishes)].filter((wish) => !leftOut().has(wish));
  for (let size = Math.ceil(kept().length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < kept().length; )
      if (!(await attempt({ without: new Set([...leftOut(), ...kept().slice(at, at + size)]) }))) at += size;

  return { ...smallest, runs };
};

const countOf = ({ only, devices }: Plan): number => only?.length ?? devices;

const isSmaller = (small: Plan, plan: Plan): boolean =>
  countOf(small) < countOf(plan) ||
  small.days < plan.days ||
  (small.without?.size ?? 0) > (plan.without?.size ?? 0);

/** How much of a plan is left. */
export const toldShrunk = (plan: Plan, { plan: small, simulated, runs }: Shrunk): string =>
  isSmaller(small, plan)
    ? `Shrunk in ${runs} runs to ${countOf(small)} device(s), ${small.days.toFixed(2)} days, ${new Set(simulated.wishes).size} wish(es):`
    : `Could not be shrunk (${runs} runs).`;
