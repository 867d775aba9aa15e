// When applying fails: what is said, how long it waits, what stays on the disk, and what a restart remembers.
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Faults } from '#device/agent/faults';
import { realDisk } from '#device/agent/files/disk';
import { openFiles } from '#device/agent/files/open';
import { startDevice, thing } from './support/device.ts';
import { createFakeCloud } from './support/fake-cloud.ts';
import { targetOf, viewOf } from './support/sets.ts';

const a = { 'srv/a.json': '{"a":1}' };
const b = { 'srv/b.json': '{"b":2}' };
const stuck = { code: 'service_stuck', message: 'the service does not come up' };

/** Fails so many times, then lets it pass. */
const failing = (times: number): Faults => ({
  failApply: (_, attempt) => (attempt <= times ? stuck : undefined),
});

const wanting = (target: unknown) => {
  const cloud = createFakeCloud(thing);
  cloud.want('release', target);
  return cloud;
};

describe('retries', () => {
  it('wait 15 s, doubling to 24 h', async () => {
    const { clock, next } = await startDevice({ cloud: wanting(targetOf(5, a)), faults: failing(20) });
    const seconds = [
      15, 30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15_360, 30_720, 61_440, 86_400, 86_400,
    ];
    for (const [index, delay] of seconds.entries()) {
      const { current } = await next('reported', (event) => event.current.attempt === index + 1);
      expect(current).toMatchObject({ seq: 5, state: 'retrying', error: stuck });
      await clock.waiting(delay * 1000);
      clock.advance(delay * 1000);
    }
  });

  it('end with success, and nothing of the error remains', async () => {
    const { cloud, clock, next, root } = await startDevice({
      cloud: wanting(targetOf(5, a)),
      faults: failing(2),
    });
    for (const delay of [15_000, 30_000]) {
      await next('reported', ({ current }) => current.state === 'retrying');
      expect(viewOf(root)).toEqual({});
      await clock.waiting(delay);
      clock.advance(delay);
    }
    await next('confirmed', ({ state }) => state === 'applied');
    expect(cloud.reported('release')).toMatchObject({ state: 'applied', attempt: 3, error: null });
    expect(viewOf(root)).toEqual(a);
  });

  it('give way at once to a newer target', async () => {
    const cloud = wanting(targetOf(5, a));
    const faults: Faults = { failApply: ({ seq }) => (seq === 5 ? stuck : undefined) };
    const { clock, next, root } = await startDevice({ cloud, faults });
    await next('reported', ({ current }) => current.state === 'retrying');
    await clock.waiting(15_000);
    cloud.want('release', targetOf(6, b));
    await next('confirmed', ({ seq, state }) => seq === 6 && state === 'applied');
    expect(viewOf(root)).toEqual(b);
    expect(clock.delays()).not.toContain(15_000);
  });

  it('leave the last good set in place', async () => {
    const cloud = wanting(targetOf(5, a));
    const faults: Faults = { failApply: ({ seq }) => (seq === 6 ? stuck : undefined) };
    const { next, root } = await startDevice({ cloud, faults });
    await next('confirmed');
    cloud.want('release', targetOf(6, b));
    await next('confirmed', ({ state }) => state === 'retrying');
    expect(viewOf(root)).toEqual(a);
  });

  it('do not happen for what no retry can mend', async () => {
    const faults: Faults = { failApply: () => ({ ...stuck, retry: false }) };
    const { cloud, clock, next } = await startDevice({ cloud: wanting(targetOf(5, a)), faults });
    await next('confirmed');
    expect(cloud.reported('release')).toMatchObject({ state: 'failed', attempt: 1, error: stuck });
    expect(clock.delays()).not.toContain(15_000);
  });

  it('happen for a full disk', async () => {
    let full = true;
    const write = async (...args: Parameters<typeof realDisk.write>) => {
      if (full && args[0].includes('/files/')) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      return realDisk.write(...args);
    };
    const { clock, next, root } = await startDevice({
      cloud: wanting(targetOf(5, a)),
      openFiles: (at) => openFiles(at, { ...realDisk, write }),
    });
    const { current } = await next('reported');
    expect(current).toMatchObject({ state: 'retrying', error: { code: 'disk_full' } });
    full = false;
    await clock.waiting(15_000);
    clock.advance(15_000);
    await next('confirmed', ({ state }) => state === 'applied');
    expect(viewOf(root)).toEqual(a);
  });
});

describe('what is reported as failed', () => {
  it.each([
    [{ '../../etc/passwd': '' }, 'path_escapes'],
    [{ 'a\0': '' }, 'path_invalid'],
    [{ '.shadowcast/current': '' }, 'path_reserved'],
    [{ a: '1', '/a': '2' }, 'path_conflict'],
    [{ a: '1', 'a/b': '2' }, 'path_conflict'],
    [{ 'srv/by-hand': '1' }, 'path_taken'],
  ])('%j: %s', async (texts, code) => {
    const { cloud, next, root } = await startDevice({ cloud: wanting(targetOf(5, { 'srv/good': '1' })) });
    await next('confirmed');
    writeFileSync(join(root, 'srv/by-hand'), 'theirs');
    cloud.want('release', targetOf(6, texts));
    await next('confirmed', ({ seq }) => seq === 6);
    expect(cloud.reported('release')).toMatchObject({ seq: 6, state: 'failed', attempt: 1, error: { code } });
    expect(viewOf(root)).toEqual({ 'srv/good': '1', 'srv/by-hand': 'theirs' });
  });
});

describe('a restart', () => {
  const restartAfter = async (faults: Faults, ms: number) => {
    const first = await startDevice({ cloud: wanting(targetOf(5, a)), faults });
    await first.next('confirmed');
    await first.stop();
    first.clock.advance(ms);
    const { clock, root, cloud } = first;
    cloud.heard.length = 0;
    return startDevice({ cloud, root, clock });
  };

  it('waits out the rest of the backoff, and counts on', async () => {
    const { cloud, clock, next } = await restartAfter(failing(1), 4_000);
    await clock.waiting(11_000);
    clock.advance(11_000);
    await next('confirmed', ({ state }) => state === 'applied');
    expect(cloud.reported('release')).toMatchObject({ attempt: 2 });
  });

  it('says a failure again, and does not try again', async () => {
    const { cloud, next, events } = await restartAfter({ failApply: () => ({ ...stuck, retry: false }) }, 0);
    await next('confirmed', ({ state }) => state === 'failed');
    await next('ignored', ({ why }) => why === 'already reported');
    expect(cloud.reported('release')).toMatchObject({ seq: 5, state: 'failed', error: stuck });
    expect(events.filter(({ event }) => event === 'target')).toEqual([]);
  });

  it('mends files that were changed behind its back', async () => {
    const first = await startDevice({ cloud: wanting(targetOf(5, { ...a, ...b })) });
    await first.next('confirmed');
    await first.stop();
    const { cloud, root } = first;
    chmodSync(join(root, 'srv/a.json'), 0o644);
    writeFileSync(join(root, 'srv/a.json'), 'edited');
    rmSync(join(root, 'srv/b.json'));

    const { next } = await startDevice({ cloud, root });
    expect(await next('recovered')).toMatchObject({ trouble: { code: 'files_damaged' } });
    await next('confirmed', ({ state }) => state === 'retrying');
    await next('confirmed', ({ state }) => state === 'applied');
    expect(viewOf(root)).toEqual({ ...a, ...b });
    expect(cloud.reported('release')).toMatchObject({ attempt: 2, error: null });
  });

  it('starts anew with a record and a report that cannot be read', async () => {
    const first = await startDevice({ cloud: wanting(targetOf(5, a)) });
    await first.next('confirmed');
    await first.stop();
    const { cloud, root } = first;
    writeFileSync(join(root, '.shadowcast/sets/5-1/record.json'), '{');
    writeFileSync(join(root, '.shadowcast/report.json'), '{');
    const { next } = await startDevice({ cloud, root });
    await next('confirmed', ({ state }) => state === 'applied');
    expect(viewOf(root)).toEqual(a);
  });
});
