// Every day's sweep of contents: each organization for itself, and no longer than there is time.
import { describe, expect, it } from 'vitest';
import { createKey } from '#engine/keys';
import { sealContent } from '#engine/seal';
import { sweepAllContents } from '#functions/jobs/sweep-contents';
import { smallSystem } from '#test/support/small-system';
import { rememberingLog } from './given.ts';

const contentMs = 1000;
const forLong = () => 15 * 60_000;

const given = async () => {
  const system = smallSystem();
  const { world } = system;
  for (const organization of ['acme', 'globex', 'initech']) {
    await createKey(world)({ organization, scopes: [] });
    await sealContent(world.contents, organization, Buffer.from('loose'));
  }
  system.clock.pass(contentMs + 1);
  const logged = rememberingLog();
  const sweep = (remainingMs = forLong) =>
    sweepAllContents(world, { contentMs, endedMs: contentMs })(remainingMs, logged.log);
  return { system, sweep, ...logged };
};

describe('the sweep of contents', () => {
  it('writes a line for each organization, with what it has removed', async () => {
    const { sweep, lines } = await given();
    await sweep();
    expect(lines.map(({ organization }) => organization).toSorted()).toEqual(['acme', 'globex', 'initech']);
    for (const line of lines)
      expect(line).toMatchObject({ code: 'contents.swept', stored: 1, removed: 1, removedBytes: 5 });
  });

  it('goes on with the others when one cannot be looked through', async () => {
    const { system, sweep, lines, faults } = await given();
    system.setFault(({ port, method, args }, moment) => {
      if (moment === 'before' && port === 'estate' && method === 'contentsOf' && args[0] === 'globex')
        throw new Error('died');
    });
    await sweep();
    expect(lines.map(({ organization }) => organization).toSorted()).toEqual(['acme', 'initech']);
    expect(faults.map(({ line }) => line)).toEqual([
      expect.objectContaining({ code: 'contents.sweep_failed', organization: 'globex' }),
    ]);
  });

  it('ends in time, says how many are left, and begins with another one the next day', async () => {
    const { system, sweep, lines } = await given();
    const oneOnly = () => {
      let asked = 0;
      return () => {
        asked += 1;
        return asked === 1 ? forLong() : 0;
      };
    };
    for (let day = 0; day < 3; day += 1) {
      await sweep(oneOnly());
      system.clock.pass(24 * 60 * 60 * 1000);
    }
    const swept = lines.filter(({ code }) => code === 'contents.swept');
    expect(swept.map(({ organization }) => organization).toSorted()).toEqual(['acme', 'globex', 'initech']);
    expect(lines.filter(({ code }) => code === 'contents.unfinished')).toEqual([
      expect.objectContaining({ organizations: 2 }),
      expect.objectContaining({ organizations: 2 }),
      expect.objectContaining({ organizations: 2 }),
    ]);
  });
});
