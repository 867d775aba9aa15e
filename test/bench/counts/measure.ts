// Counts one life per dialect in one metered cloud: at each number of stored deployments, and with each number of devices.
import type { Life } from '../lives/life.ts';
import { type Prepared, prepareLife } from '../lives/prepare.ts';
import type { MeteredCloud } from './cloud.ts';
import { fill } from './fill.ts';
import { type Consumed, linesPerLife, perLife, type Totals, totalsOf } from './tally.ts';

export interface Counted {
  readonly life: string;
  readonly about: string;
  readonly stored: number;
  readonly devices: number;
  readonly totals: Totals;
  readonly lines: readonly Consumed[];
}

type Say = (line: string) => void;

const countOne = async (
  { tally }: MeteredCloud,
  { lives, ready, live, verify }: Prepared,
): Promise<Pick<Counted, 'totals' | 'lines'>> => {
  await ready();
  tally.take();
  await live();
  const lines = tally.take();
  await verify();
  return { totals: perLife(totalsOf(lines), lives), lines: linesPerLife(lines, lives) };
};

const organization = 'acme';

/** Among more and more that is stored. */
export const countLives =
  (cloud: MeteredCloud) =>
  async (told: readonly Life[], sizes: readonly number[], say: Say): Promise<readonly Counted[]> => {
    const counted: Counted[] = [];
    const prepared = new Map<Life, Prepared>();
    for (const life of told) {
      say(`counts: preparing ${life.name}`);
      prepared.set(life, await prepareLife(cloud, organization)(life, life.devices));
    }
    let stored = 0;
    for (const size of sizes) {
      say(`counts: with ${size} stored deployments`);
      await fill(cloud.table, organization, stored, size);
      stored = size;
      for (const [{ name, about, devices }, ready] of prepared)
        counted.push({ life: name, about, stored, devices, ...(await countOne(cloud, ready)) });
    }
    for (const { stop } of prepared.values()) await stop();
    return counted;
  };

/** With more and more devices, each fleet an organization's own. */
export const countFleets =
  (cloud: MeteredCloud) =>
  async (
    told: readonly Life[],
    sizes: readonly number[],
    say: Say,
    madeAtMost?: number,
  ): Promise<readonly Counted[]> => {
    const counted: Counted[] = [];
    for (const size of sizes)
      for (const life of told) {
        const began = performance.now();
        const ready = await prepareLife(cloud, `fleet-${size}`)(life, size, madeAtMost);
        const { name, about } = life;
        counted.push({ life: name, about, stored: 0, devices: size, ...(await countOne(cloud, ready)) });
        await ready.stop();
        say(`counts: ${name}, ${size} devices: ${((performance.now() - began) / 1000).toFixed(0)} s`);
      }
    return counted;
  };
