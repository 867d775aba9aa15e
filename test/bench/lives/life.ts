// A life: what one deployment is from the request that creates it to the word that confirms it, for several devices at once.
import type { Answer, MeteredCloud } from '../counts/cloud.ts';

/** So many live together, as many as SQS hands out in one batch. */
export const together = 10;

export interface Prepared {
  /** What must be there before, and is not part of a life. */
  readonly ready?: () => Promise<void>;
  /** One more life for each, which supersedes the last where the channel has one place. */
  readonly live: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface Life {
  readonly name: string;
  /** How many live at a time. */
  readonly lives: number;
  /** What is counted, in one sentence. */
  readonly about: string;
  readonly prepare: (cloud: MeteredCloud, organization: string) => Promise<Prepared>;
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
