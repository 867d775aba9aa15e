// The connection: how it comes back, when it counts as good, and that nobody speaks before everything is subscribed.
import { describe, expect, it } from 'vitest';
import { backoffs, delayAfter, withJitter } from '#device/agent/backoff';
import { startDevice, thing } from './support/device.ts';
import { createFakeCloud } from './support/fake-cloud.ts';

describe('the delays', () => {
  it.each([
    ['apply', [15, 30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15_360, 30_720, 61_440, 86_400, 86_400]],
    ['ask', [5, 10, 20, 40, 60, 60]],
    ['connect', [1, 2, 4, 8, 16, 32, 60, 60]],
  ] as const)('between %s are %j seconds', (name, seconds) => {
    const delays = seconds.map((_, index) => delayAfter(backoffs[name], index + 1) / 1000);
    expect(delays).toEqual(seconds);
  });

  it.each([
    [0, 500],
    [0.5, 750],
    [1, 1000],
  ])('with chance %d are %i of 1000 ms', (chance, ms) => {
    expect(withJitter(1000, () => chance)).toBe(ms);
  });

  it('do not overflow after a year of failures', () => {
    expect(delayAfter(backoffs.connect, 1_000_000)).toBe(60_000);
  });
});

describe('a connection', () => {
  it('that keeps failing is tried less and less often', async () => {
    const { cloud, clock, next } = await startDevice();
    for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
      await next('connected');
      cloud.cut('no route');
      expect(await next('disconnected')).toMatchObject({ reason: 'no route', retryInMs: seconds * 1000 });
      clock.advance(seconds * 1000);
    }
  });

  it('that lived for 30 s was a good one: counting starts anew', async () => {
    const { cloud, clock, next } = await startDevice();
    for (const [livedMs, retryInMs] of [
      [0, 1000],
      [29_999, 2000],
      [30_000, 1000],
      [0, 2000],
    ] as const) {
      await next('connected');
      clock.advance(livedMs);
      cloud.cut();
      expect(await next('disconnected')).toMatchObject({ retryInMs });
      clock.advance(retryInMs);
    }
  });

  it('whose subscriptions are refused is given up, and says why', async () => {
    const cloud = createFakeCloud(thing);
    cloud.refusesSubscriptions = true;
    const { next, clock } = await startDevice({ cloud });
    expect(await next('disconnected')).toMatchObject({ reason: 'not authorized' });
    expect(cloud.heard).toEqual([]);
    cloud.refusesSubscriptions = false;
    clock.advance(1000);
    await next('connected');
  });

  it('is not tried again after the end', async () => {
    const { clock, stop, events } = await startDevice();
    await stop();
    clock.advance(3_600_000);
    expect(clock.delays()).toEqual([]);
    expect(events.filter(({ event }) => event === 'connected').length).toBeLessThanOrEqual(1);
  });
});
