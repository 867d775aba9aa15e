// A fleet whose workers die: their messages come again as SQS brings them, and the sweeper comes by every minute.
import type { Digest } from '#domain/deployment';
import { carryOut } from '#engine/carry-out';
import { sweepRollouts } from '#engine/fleet/sweep-rollouts';
import type { FanOutMessage } from '#engine/ports';
import { sweepOverdue } from '#engine/sweep-overdue';
import { takePresence } from '#engine/take-presence';
import { takeReport } from '#engine/take-report';
import type { Conduct } from './fleet-life.ts';
import type { MortalProcesses } from './mortal.ts';
import type { SmallSystem } from './small-system.ts';

export interface MortalFleet {
  readonly system: SmallSystem;
  readonly processes: MortalProcesses;
  readonly things: readonly string[];
  readonly online: Set<string>;
  readonly take: (message: FanOutMessage) => Promise<void>;
  readonly conduct: (thing: string, revision: Digest) => Conduct;
}

interface Errand {
  readonly at: number;
  readonly run: () => Promise<unknown>;
}

const channel = 'environment';
const minuteMs = 60_000;
/** A message whose worker died is seen again: six times the worker's timeout. */
const invisibleMs = 6 * minuteMs;
const convergedWithinMs = 3 * 60 * minuteMs;
const noSpace = { state: 'failed', error: { code: 'no_space', message: 'The disk is full.' } } as const;

/** What it has said before is not said again. */
const seqHeard = (said: unknown): number | undefined => (said as { readonly seq?: number } | undefined)?.seq;

export const mortalFleet = ({ system, processes, things, online, take, conduct }: MortalFleet) => {
  const { world, clock, fanOut, transitions, shadows } = system;
  const later: Errand[] = [];
  const heard = new Map(things.map((thing) => [thing, seqHeard(shadows.stateOf(thing, channel)?.current)]));
  let sweptAt = clock.now();

  const work = async (run: () => Promise<unknown>): Promise<void> => {
    if ((await processes.live(run)) === undefined) later.push({ at: clock.now() + invisibleMs, run });
  };

  const messages = async (): Promise<boolean> => {
    const message = fanOut.take();
    if (message !== undefined) await work(() => take(message));
    const transition = transitions.take();
    if (transition !== undefined) await work(() => carryOut(world)(transition.slot));
    return message !== undefined || transition !== undefined;
  };

  const again = async (): Promise<boolean> => {
    const at = later.findIndex((errand) => errand.at <= clock.now());
    const [errand] = at < 0 ? [] : later.splice(at, 1);
    if (errand !== undefined) await work(errand.run);
    return errand !== undefined;
  };

  const wordOn = (thing: string) => {
    if (shadows.stateOf(thing, channel)?.target === undefined) return undefined;
    const does = conduct(thing, system.targetOf(thing, channel).manifest);
    if (does === 'is silent') return undefined;
    return system.wordOf(thing, does === 'fails' ? noSpace : {}, channel);
  };

  const reports = async (): Promise<boolean> => {
    const words = things
      .filter((thing) => online.has(thing))
      .map((thing) => ({ thing, word: wordOn(thing) }))
      .filter(({ thing, word }) => word !== undefined && heard.get(thing) !== word.seq);
    for (const { thing, word } of words) {
      if (word === undefined) continue;
      heard.set(thing, word.seq);
      shadows.report(thing, channel, word);
      await work(() => takeReport(world)({ thing, channel }, word));
    }
    return words.length > 0;
  };

  const connect = async (thing: string): Promise<void> => {
    online.add(thing);
    await work(() =>
      takePresence(world)({ thing, eventType: 'connected', versionNumber: 1, at: clock.now() }),
    );
  };

  const sweep = async (): Promise<boolean> => {
    if (clock.now() < sweptAt + minuteMs) return false;
    sweptAt = clock.now();
    await processes.live(async () => {
      await sweepRollouts(world)();
      await sweepOverdue(world)();
    });
    return true;
  };

  /** Nobody does anything before that. */
  const nextAt = (): number =>
    Math.min(sweptAt + minuteMs, ...fanOut.waiting().map(({ at }) => at), ...later.map(({ at }) => at));

  const isIdle = async (): Promise<boolean> =>
    later.length === 0 &&
    fanOut.waiting().length === 0 &&
    transitions.waiting().length === 0 &&
    (await world.rollouts.due(Number.MAX_SAFE_INTEGER, 10)).length === 0;

  const stepNow = async (): Promise<boolean> => {
    const did = [await messages(), await again(), await reports(), await sweep()];
    return did.includes(true);
  };

  /** Until nothing is left to do. `observe` comes by after every step. */
  const settle = async (observe: () => Promise<void> = async () => undefined): Promise<void> => {
    const until = clock.now() + convergedWithinMs;
    while (clock.now() < until) {
      const did = await stepNow();
      await observe();
      if (did) continue;
      if (await isIdle()) return;
      clock.pass(Math.max(nextAt() - clock.now(), 1));
    }
    throw new Error(`Something is still under way: ${JSON.stringify({ fanOut: fanOut.waiting(), later })}`);
  };

  return { settle, connect, work };
};
