// So many devices: the first hundred are made and have lived before; those beyond are copies of the first, or made as well.
import type { MeteredCloud } from '../counts/cloud.ts';
import { copiesOf } from '../counts/copies.ts';
import { type Device, startFleet } from '../counts/devices.ts';
import { type Life, type Setting, times } from './life.ts';

export interface Prepared {
  readonly lives: number;
  readonly ready: () => Promise<void>;
  /** One more for each. */
  readonly live: () => Promise<void>;
  readonly verify: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Through the front door, each with its lives; ten thousand of them would take half an hour before anything is counted. */
export const madeMax = 100;

/** Each of those that are not copied comes in through the front door, and lives once before it is counted: ten thousand would take hours. */
export const countedMax = ({ isCopied }: Life): number => (isCopied ? Number.POSITIVE_INFINITY : 1000);

/** Everything that is remembered is remembered, and both contents have been somewhere. */
const warmUps = 2;

const nothing = async (): Promise<void> => {};

export const prepareLife =
  (cloud: MeteredCloud, organization: string) =>
  async ({ set, isCopied }: Life, devices: number, madeAtMost = madeMax): Promise<Prepared> => {
    const {
      channel,
      make,
      live,
      ready = nothing,
      verify = nothing,
    }: Setting = await set(cloud, organization);
    const made = await times(Math.min(devices, madeAtMost), make);
    const fleet = startFleet(cloud, channel);
    await fleet.join(made);
    await cloud.iot.settle();
    await cloud.drain('reports');
    const once = async (them: readonly Device[]): Promise<void> => {
      await ready();
      await live(them, fleet);
      await verify();
    };
    for (let lived = 0; lived < warmUps; lived += 1) await once(made);
    const copied = async (count: number): Promise<readonly Device[]> => {
      const [first] = made;
      const copies = first === undefined ? [] : await copiesOf(cloud.table)(first, count);
      await fleet.joinQuietly(copies);
      return copies;
    };
    const madeToo = async (count: number): Promise<readonly Device[]> => {
      const more = await times(count, (index) => make(made.length + index));
      await fleet.join(more);
      return more;
    };
    const others = await (isCopied ? copied : madeToo)(devices - made.length);
    await cloud.iot.settle();
    await cloud.drain('reports');
    const everybody = [...made, ...others];
    if (!isCopied && others.length > 0) await once(everybody);
    return {
      lives: devices,
      ready,
      live: () => live(everybody, fleet),
      verify,
      stop: fleet.stop,
    };
  };
