// Counts one life per dialect, at each number of stored deployments, in one metered cloud.
import type { Life } from '../lives/life.ts';
import { startMeteredCloud } from './cloud.ts';
import { fill } from './fill.ts';
import { type Consumed, linesPerLife, perLife, type Totals, totalsOf } from './tally.ts';

export interface Counted {
  readonly life: string;
  readonly about: string;
  readonly stored: number;
  readonly totals: Totals;
  readonly lines: readonly Consumed[];
}

const organization = 'acme';

/** Everything that is remembered is remembered, and both contents have been somewhere. */
const warmUps = 2;

export const countLives = async (
  told: readonly Life[],
  sizes: readonly number[],
  say: (line: string) => void,
): Promise<readonly Counted[]> => {
  const cloud = await startMeteredCloud();
  try {
    const counted: Counted[] = [];
    const prepared = new Map<Life, Awaited<ReturnType<Life['prepare']>>>();
    for (const life of told) {
      say(`counts: preparing ${life.name}`);
      const ready = await life.prepare(cloud, organization);
      prepared.set(life, ready);
      for (let lived = 0; lived < warmUps; lived += 1) {
        await ready.ready?.();
        await ready.live();
      }
    }
    let stored = 0;
    for (const size of sizes) {
      say(`counts: with ${size} stored deployments`);
      await fill(cloud.table, organization, stored, size);
      stored = size;
      for (const [{ name, about, lives }, { ready, live }] of prepared) {
        await ready?.();
        cloud.tally.take();
        await live();
        const lines = cloud.tally.take();
        const totals = perLife(totalsOf(lines), lives);
        counted.push({ life: name, about, stored, totals, lines: linesPerLife(lines, lives) });
      }
    }
    for (const { stop } of prepared.values()) await stop();
    return counted;
  } finally {
    await cloud.close();
  }
};
