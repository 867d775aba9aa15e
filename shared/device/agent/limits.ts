// How much a device takes before it refuses a target, so that no mistake of the cloud fills its memory or disk.

export interface Limits {
  readonly itemsMax: number;
  readonly itemBytesMax: number;
  readonly setBytesMax: number;
  readonly manifestBytesMax: number;
  /** Chunks that are asked for at the same time. */
  readonly chunksInFlightMax: number;
}

const mebibyte = 1024 * 1024;

export const defaultLimits: Limits = {
  itemsMax: 1000,
  itemBytesMax: 16 * mebibyte,
  setBytesMax: 64 * mebibyte,
  manifestBytesMax: 2 * mebibyte,
  chunksInFlightMax: 4,
};
