// So many devices, each with lives behind it: the first hundred are made and have lived, those beyond are copies of the first.
import type { MeteredCloud } from '../counts/cloud.ts';
import { copiesOf } from '../counts/copies.ts';
import { startFleet } from '../counts/devices.ts';
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
    const made = await times(isCopied ? Math.min(devices, madeAtMost) : devices, make);
    const fleet = startFleet(cloud, channel);
    await fleet.join(made);
    await cloud.iot.settle();
    await cloud.drain('reports');
    for (let lived = 0; lived < warmUps; lived += 1) {
      await ready();
      await live(made, fleet);
      await verify();
    }
    const [first] = made;
    const copies = first === undefined ? [] : await copiesOf(cloud.table)(first, devices - made.length);
    await fleet.joinQuietly(copies);
    await cloud.iot.settle();
    const everybody = [...made, ...copies];
    return {
      lives: devices,
      ready,
      live: () => live(everybody, fleet),
      verify,
      stop: fleet.stop,
    };
  };
