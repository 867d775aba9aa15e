// A device: takes what its shadow shows, does it, says so until it is heard; it is away for minutes or weeks, and its clock is wrong.
import type { Result } from '#device/result';
import { type Current, type RunTarget, runTarget, type Target, target } from '#device/shadow';
import type { Channel } from '#domain/channel';
import { hold, ofThings } from '#test/model/invariants';
import type { Dice } from '#test/model/random';
import type { Tally } from './plan.ts';
import { day, hour, minute, second } from './plan.ts';
import type { Timeline } from './timeline.ts';

export interface Outside {
  readonly timeline: Timeline;
  readonly tally: Tally;
  readonly isBad: () => boolean;
  readonly shown: (channel: Channel) => unknown;
  readonly say: (channel: Channel, word: Current) => void;
  readonly give: (result: Result) => void;
  readonly tellPresence: (eventType: 'connected' | 'disconnected', versionNumber: number, at: number) => void;
  /** It starts from nothing: whoever activates it has everything issued again. */
  readonly startAnew: () => Promise<void>;
}

const final: ReadonlySet<Current['state']> = new Set(['applied', 'removed', 'failed']);
const retryMs = (attempt: number): number => Math.min(15 * second * 2 ** attempt, day);
const giveAgainMs = 20 * minute;

interface Duty {
  readonly target: Target;
  readonly attempt: number;
}

export const simulatedDevice = (outside: Outside, dice: Dice) => {
  const { timeline, tally } = outside;
  const skewMs = dice.below(2 * hour) - hour;
  const runs = new Map<string, number>();
  const ran = new Map<string, Result>();
  const said = new Set<string>();
  let online = false;
  let isBare = false;
  let connections = 0;
  let life = 0;
  let fence = -1;
  let duty: Duty | undefined;
  let last: Current | undefined;
  let applied: { readonly seq: number; readonly revision: string } | undefined;
  let list: RunTarget | undefined;
  let isRunning = false;

  const hits = (probability: number): boolean => outside.isBad() && dice.isHit(probability);
  /** Only if it is still the same life of the device. */
  const later = (ms: number, act: () => void): void => {
    const mine = life;
    timeline.after(ms, () => {
      if (mine === life) act();
    });
  };
  const takeFence = (seq: number): void => {
    hold(ofThings, { before: fence, after: seq, runs }, () => `seq ${seq} after ${fence}`);
    fence = seq;
  };

  const sayAgain = (): void => {
    if (online && last !== undefined) outside.say('release', last);
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
    if (hits(0.03)) {
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

  const hearTarget = (): void => {
    const { data } = target.safeParse(outside.shown('release'));
    if (data === undefined || data.seq < fence || data.seq === duty?.target.seq) return;
    if (data.seq === last?.seq && final.has(last.state)) sayAgain();
    else begin(data);
  };

  const give = (deployment: string): void => {
    const pointer = list?.run.find((one) => one.deployment === deployment);
    const result = ran.get(deployment);
    if (pointer === undefined || result === undefined) return;
    if (online) outside.give({ ...result, seq: pointer.seq });
    later(giveAgainMs, () => give(deployment));
  };
  const runNext = (): void => {
    const next = list?.run.find(({ deployment }) => !ran.has(deployment));
    if (isRunning || next === undefined) return;
    isRunning = true;
    runs.set(next.deployment, (runs.get(next.deployment) ?? 0) + 1);
    hold(ofThings, { before: fence, after: fence, runs }, () => `${next.deployment} runs`);
    const startedAt = new Date(timeline.now() + skewMs).toISOString();
    later(second + dice.below(10 * minute), () => {
      isRunning = false;
      ran.set(next.deployment, {
        v: 1,
        ...next,
        outputs: {},
        stdout: 'done',
        stderr: '',
        status_code: hits(0.1) ? 1 : 0,
        trimmed: [],
        started_at: startedAt,
        finished_at: new Date(timeline.now() + skewMs).toISOString(),
      });
      said.add(`${next.seq} ${next.manifest}`);
      give(next.deployment);
      runNext();
    });
  };
  const hearList = (): void => {
    const { data } = runTarget.safeParse(outside.shown('software'));
    if (data === undefined || data.seq < (list?.seq ?? -1)) return;
    list = data;
    for (const { seq, manifest, deployment } of data.run)
      if (ran.has(deployment)) {
        said.add(`${seq} ${manifest}`);
        give(deployment);
      }
    runNext();
  };
  const hear: Readonly<Record<Channel, () => void>> = {
    release: hearTarget,
    environment: () => undefined,
    software: hearList,
  };

  const connect = (): void => {
    if (online || isBare) return;
    online = true;
    connections += 1;
    outside.tellPresence('connected', connections, timeline.now());
    sayAgain();
    later(second, () => {
      hearTarget();
      hearList();
    });
  };
  const disconnect = (): void => {
    if (!online) return;
    online = false;
    tally.add('devices offline');
    outside.tellPresence('disconnected', connections, timeline.now());
  };
  const loseEverything = async (): Promise<void> => {
    disconnect();
    tally.add('devices that lost everything');
    life += 1;
    isBare = true;
    [fence, duty, last, applied, list, isRunning] = [-1, undefined, undefined, undefined, undefined, false];
    ran.clear();
    runs.clear();
    await outside.startAnew();
    isBare = false;
    connect();
  };

  const awayMs = (): number => {
    if (!dice.isHit(0.03)) return dice.below(dice.isHit(0.2) ? 2 * day : 30 * minute);
    tally.add('devices offline for weeks');
    return 7 * day + dice.below(14 * day);
  };
  /** Comes and goes for as long as anything may go wrong. */
  const live = (): void => {
    connect();
    timeline.after(hour + dice.below(3 * day), () => {
      if (!outside.isBad()) return;
      if (dice.isHit(0.01)) {
        void loseEverything();
        return live();
      }
      disconnect();
      timeline.after(awayMs(), live);
    });
  };

  return {
    live,
    connect,
    /** Something new is in its shadow. */
    delta: (channel: Channel): void => {
      if (!online || hits(0.05)) return;
      later(dice.below(3 * second), () => online && hear[channel]());
    },
    wasHeard: (seq: number, revision: string): boolean => said.has(`${seq} ${revision}`),
    inForce: () => applied,
  };
};

export type SimulatedDevice = ReturnType<typeof simulatedDevice>;
