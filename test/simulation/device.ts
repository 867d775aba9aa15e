// A device: takes what its shadow shows, does it, says so until it is heard; it is away for minutes or weeks, and its clock is wrong.
import type { Result } from '#device/result';
import { type Current, type RunTarget, runTarget } from '#device/shadow';
import type { Channel } from '#domain/channel';
import { hold, ofThings } from '#test/model/invariants';
import type { Dice } from '#test/model/random';
import { type KeptBy, keeper } from './keeper.ts';
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
  /** A configuration that no device can apply. */
  readonly isBroken: (revision: string) => boolean;
  /** It starts from nothing: whoever activates it has everything issued again. */
  readonly startAnew: () => Promise<void>;
}

const giveAgainMs = 20 * minute;

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
  const kept: KeptBy = { ...outside, dice, hits, later, isOnline: () => online };
  const [release, environment] = [keeper(kept, 'release'), keeper(kept, 'environment')];

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
    hold(ofThings, { before: 0, after: 0, runs }, () => `${next.deployment} runs`);
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
    release: release.hear,
    environment: environment.hear,
    software: hearList,
  };

  const connect = (): void => {
    if (online || isBare) return;
    online = true;
    connections += 1;
    outside.tellPresence('connected', connections, timeline.now());
    release.sayAgain();
    environment.sayAgain();
    later(second, () => {
      for (const listen of Object.values(hear)) listen();
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
    [list, isRunning] = [undefined, false];
    for (const one of [release, environment]) one.forget();
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
    wasHeard: (channel: Channel, seq: number, revision: string): boolean =>
      channel === 'software'
        ? said.has(`${seq} ${revision}`)
        : { release, environment }[channel].hasSaid(seq, revision),
    inForce: (channel: Channel) =>
      channel === 'software' ? undefined : { release, environment }[channel].inForce(),
  };
};

export type SimulatedDevice = ReturnType<typeof simulatedDevice>;
