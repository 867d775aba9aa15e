// A life: what one deployment is from the request that creates it to the word that confirms it, for several devices at once.
import type { Channel } from '#domain/channel';
import type { Answer, MeteredCloud } from '../counts/cloud.ts';
import type { Device, Fleet } from '../counts/devices.ts';

/** As many as SQS hands out in one batch. */
export const aBatch = 10;

/** So many live together where nobody says how many: functions have what they have under load, full batches and no pause. */
export const together = 5 * aBatch;

/** The world that a life is lived in. */
export interface Setting {
  readonly channel: Channel;
  /** A device more, through the front door. */
  readonly make: (index: number) => Promise<Device>;
  /** What must be there before, and is not part of a life. */
  readonly ready?: () => Promise<void>;
  /** One more life for each, which supersedes the last where the channel has one place. */
  readonly live: (devices: readonly Device[], fleet: Fleet) => Promise<void>;
  /** Whether the last one went well, where the devices alone do not know. */
  readonly verify?: () => Promise<void>;
}

export interface Life {
  readonly name: string;
  /** How many live at a time, where nobody says how many. */
  readonly devices: number;
  /** What is counted, in one sentence. */
  readonly about: string;
  readonly set: (cloud: MeteredCloud, organization: string) => Promise<Setting>;
}

// biome-ignore lint/suspicious/noExplicitAny: answers have as many shapes as routes
export const granted = async (request: string, asked: Promise<Answer>): Promise<any> => {
  const { status, body } = await asked;
  if (status >= 300) throw new Error(`${request} answered ${status}: ${JSON.stringify(body)}`);
  return body;
};

/** One after the other. */
export const times = async <Value>(
  count: number,
  make: (index: number) => Promise<Value>,
): Promise<Value[]> => {
  const made: Value[] = [];
  for (let index = 0; index < count; index += 1) made.push(await make(index));
  return made;
};
