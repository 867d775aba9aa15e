// The whole: two devices at most, and a few processes, each of which is at one of them. States that differ in who is called what are one.
import type { Bounds } from './bounds.ts';
import { flags, type LocalModel, stepWidth } from './local.ts';
import { width } from './state-table.ts';

/** Called with each state that may come next, how, and at which device; the array is used again. */
export type Take = (next: Int32Array, label: number, device: number) => void;

/** A state: cell, cell, process, process. A process carries in its lowest bit at which device it is. */
const devicesMax = 2;
const environment = -1;

export const globalModel = (local: LocalModel, bounds: Bounds) => {
  const { devices, workers } = bounds;
  const idle = local.nobody * 2;
  const next = new Int32Array(width);

  const swap = (one: number, other: number): void => {
    const kept = next[one] ?? 0;
    next[one] = next[other] ?? 0;
    next[other] = kept;
  };
  const sortProcesses = (): void => {
    if ((next[2] ?? 0) > (next[3] ?? 0)) swap(2, 3);
  };
  const turn = (place: number): void => {
    const process = next[place] ?? 0;
    if (process !== idle) next[place] = process ^ 1;
  };
  const swapDevices = (): void => {
    swap(0, 1);
    turn(2);
    turn(3);
  };
  /** Of two names for one state, always the same one. */
  const normalize = (): void => {
    const [one = 0, other = 0] = next;
    if (devices === 2 && one > other) swapDevices();
    sortProcesses();
    if (devices !== 2 || one !== other) return;
    const [, , first = 0, second = 0] = next;
    swapDevices();
    sortProcesses();
    if ((next[2] ?? 0) < first || (next[2] === first && (next[3] ?? 0) <= second)) return;
    next[2] = first;
    next[3] = second;
  };

  const wishesIn = (state: Int32Array): number => {
    let wishes = 0;
    for (let device = 0; device < devices; device += 1) wishes += local.wishesOf(state[device] ?? 0);
    return wishes;
  };

  /** Whoever holds the version that was saved over is stale. */
  const makeStale = (device: number, saver: number): void => {
    for (let place = devicesMax; place < width; place += 1) {
      const process = next[place] ?? 0;
      if (place !== saver && process !== idle && (process & 1) === device)
        next[place] = local.staleOf(process >> 1) * 2 + device;
    }
  };

  const takeOne = (
    state: Int32Array,
    steps: Int32Array,
    at: number,
    device: number,
    place: number,
    take: Take,
  ) => {
    const flag = steps[at + 2] ?? 0;
    if ((flag & flags.wishes) !== 0 && wishesIn(state) >= bounds.deployments) return;
    next.set(state);
    next[device] = steps[at] ?? 0;
    if (place !== environment) {
      const process = steps[at + 1] ?? 0;
      next[place] = process === local.nobody ? idle : process * 2 + device;
      if ((flag & flags.saves) !== 0) makeStale(device, place);
    }
    normalize();
    take(next, steps[at + 3] ?? 0, device);
  };

  const takeAll = (state: Int32Array, steps: Int32Array, device: number, place: number, take: Take): void => {
    for (let at = 0; at < steps.length; at += stepWidth) takeOne(state, steps, at, device, place, take);
  };

  /** Where one more may begin; nowhere while all are busy. Idle ones come first. */
  const idlePlace = (state: Int32Array): number => {
    const busy = Number(state[devicesMax] !== idle) + Number(state[devicesMax + 1] !== idle);
    return busy < workers ? devicesMax : environment;
  };

  const successors = (state: Int32Array, take: Take): void => {
    const free = idlePlace(state);
    for (let device = 0; device < devices; device += 1) {
      const cell = state[device] ?? 0;
      takeAll(state, local.surroundings(cell), device, environment, take);
      if (free !== environment) takeAll(state, local.startsOf(cell), device, free, take);
    }
    for (let place = devicesMax; place < width; place += 1) {
      const process = state[place] ?? 0;
      if (process === idle) continue;
      const device = process & 1;
      takeAll(state, local.stepsOf(state[device] ?? 0, process >> 1), device, place, take);
    }
  };

  /** What happens next without faults: whoever is under way goes on, and then whoever has something to do. False: at rest. */
  const fairSuccessor = (state: Int32Array, take: Take): boolean => {
    for (let place = width - 1; place >= devicesMax; place -= 1) {
      const process = state[place] ?? 0;
      if (process === idle) continue;
      const device = process & 1;
      takeOne(state, local.stepsOf(state[device] ?? 0, process >> 1), 0, device, place, take);
      return true;
    }
    for (let device = 0; device < devices; device += 1) {
      const steps = local.fairStartOf(state[device] ?? 0);
      if (steps.length === 0) continue;
      takeOne(state, steps, 0, device, devicesMax, take);
      return true;
    }
    return false;
  };

  const first = (): Int32Array => {
    const cell = local.first();
    return Int32Array.from([cell, devices === 2 ? cell : -1, idle, idle]);
  };

  return { first, successors, fairSuccessor };
};

export type GlobalModel = ReturnType<typeof globalModel>;
