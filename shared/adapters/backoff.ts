// How long to wait before asking again: doubling, and never all at the same moment.
import { setTimeout as sleep } from 'node:timers/promises';

const firstMs = 20;
const maxMs = 500;

/** `attempt` counts from 1. */
export type Pause = (attempt: number) => Promise<unknown>;

export const backOff: Pause = (attempt) =>
  sleep(Math.random() * Math.min(firstMs * 2 ** (attempt - 1), maxMs));
