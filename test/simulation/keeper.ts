// What a device keeps on a channel where the newest wins: it takes what its shadow shows, does it, and says so until it is heard.
import { type Current, type Target, target } from '#device/shadow';
import type { Channel } from '#domain/channel';
import { hold, ofThings } from '#test/model/invariants';
import type { Dice } from '#test/model/random';
import type { Tally } from './plan.ts';
import { day, hour, minute, second } from './plan.ts';

export interface KeptBy {
  readonly tally: Tally;
  readonly dice: Dice;
  readonly hits: (probability: number) => boolean;
  /** Only if it is still the same life of the device. */
  readonly later: (ms: number, act: () => void) => void;
  readonly isOnline: () => boolean;
  readonly shown: (channel: Channel) => unknown;
  readonly say: (channel: Channel, word: Current) => void;
  /** A configuration that no device can apply. */
  readonly isBroken: (revision: string) => boolean;
}

const final: ReadonlySet<Current['state']> = new Set(['applied', 'removed', 'failed']);
const retryMs = (attempt: number): number => Math.min(15 * second * 2 ** attempt, day);
const none: ReadonlyMap<string, number> = new Map();

interface Duty {
  readonly target: Target;
  readonly attempt: number;
}

export const keeper = (of: KeptBy, channel: Channel) => {
  const { tally, dice, hits, later } = of;
  const said = new Set<string>();
  let fence = -1;
  let duty: Duty | undefined;
  let last: Current | undefined;
  let applied: { readonly seq: number; readonly revision: string } | undefined;

  const takeFence = (seq: number): void => {
    hold(ofThings, { before: fence, after: seq, runs: none }, () => `seq ${seq} after ${fence}`);
    fence = seq;
  };
  const sayAgain = (): void => {
    if (of.isOnline() && last !== undefined) of.say(channel, last);
  };
  const say = ({ target }: Duty, over: Partial<Current>): void => {
    const { seq, deployment, manifest } = target;
    last = { v: 1, seq, deployment, manifest, state: 'applied', attempt: 1, error: null, ...over };
    if (last.state === 'applied' || last.state === 'removed') said.add(`${last.seq} ${last.manifest}`);
    sayAgain();
  };

  const finish = (mine: Duty): void => {
    if (duty !== mine) return;
    const { target, attempt } = mine;
    const error = { code: 'no_space', message: 'The disk is full.' };
    if (hits(0.08)) {
      tally.add('attempts that failed');
      say(mine, { state: 'retrying', attempt, error });
      const next = { target, attempt: attempt + 1 };
      duty = next;
      later(retryMs(attempt), () => finish(next));
      return;
    }
    duty = undefined;
    if (hits(0.03) || of.isBroken(target.manifest)) {
      say(mine, { state: 'failed', attempt, error });
      return;
    }
    if (hits(0.01)) {
      tally.add('digests that were wrong');
      say(mine, { manifest: `sha256:${'0'.repeat(64)}`, attempt });
      return;
    }
    applied = { seq: target.seq, revision: target.manifest };
    say(mine, { state: target.items?.length === 0 ? 'removed' : 'applied', attempt });
  };

  const begin = (target: Target): void => {
    takeFence(target.seq);
    const mine = { target, attempt: 1 };
    duty = mine;
    if (hits(0.3)) later(second, () => duty === mine && say(mine, { state: 'applying', attempt: 1 }));
    later(second + dice.below(hits(0.05) ? 2 * hour : 3 * minute), () => finish(mine));
  };

  return {
    hear: (): void => {
      const { data } = target.safeParse(of.shown(channel));
      if (data === undefined || data.seq < fence || data.seq === duty?.target.seq) return;
      if (data.seq === last?.seq && final.has(last.state)) sayAgain();
      else begin(data);
    },
    sayAgain,
    forget: (): void => {
      [fence, duty, last, applied] = [-1, undefined, undefined, undefined];
    },
    hasSaid: (seq: number, revision: string): boolean => said.has(`${seq} ${revision}`),
    inForce: () => applied,
  };
};
