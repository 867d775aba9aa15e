// So many devices: the first hundred are made and have lived before; those beyond are copies of the first.
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

/** Everything that is remembered is remembered, and both contents have been somewhere. */
const warmUps = 2;

const nothing = async (): Promise<void> => {};

export const prepareLife =
  (cloud: MeteredCloud, organization: string) =>
  async ({ set }: Life, devices: number, madeAtMost = madeMax): Promise<Prepared> => {
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
    const [first] = made;
    const copies = first === undefined ? [] : await copiesOf(cloud.table)(first, devices - made.length);
    await fleet.joinQuietly(copies);
    await cloud.iot.settle();
    await cloud.drain('reports');
    const everybody = [...made, ...copies];
    return {
      lives: devices,
      ready,
      live: () => live(everybody, fleet),
      verify,
      stop: fleet.stop,
    };
  };
