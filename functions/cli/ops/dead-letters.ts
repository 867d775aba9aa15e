// What a dead letter is about: which queue gave it up, what the function last said of it, and whether anybody still waits for it.
import * as z from 'zod';
import type { LogLines } from '#adapters/cloudwatch/log-lines';
import type { DeadLetter, DeadLetterQueue } from '#adapters/sqs/dead-letters';
import { fanOutMessage } from '#adapters/sqs/fan-out';
import { noticeMessage } from '#adapters/sqs/notices';
import { transitionMessage } from '#adapters/sqs/transitions';
import type { World } from '#engine/ports';
import { type Why, whyOfRollout, whysOfSlot } from './why.ts';

export interface Explained {
  readonly queue: string;
  readonly messageId: string;
  readonly sentAt: number;
  readonly about: string;
  /** The log's code, its error and the deployment that it names. */
  readonly code: string | null;
  readonly error: string | null;
  readonly deployment: string | null;
  readonly waits: readonly Why[];
  readonly advice: string;
}

interface About {
  readonly about: string;
  readonly waits: readonly Why[];
}

type Reader = (world: World, body: unknown) => Promise<About | undefined>;

const slotReader: Reader = async (world, body) => {
  const { data } = transitionMessage.safeParse(body);
  if (data === undefined) return undefined;
  const slot = await world.slots.load({ thing: data.thing, channel: data.channel });
  return { about: `slot ${data.thing}/${data.channel}`, waits: slot === undefined ? [] : whysOfSlot(slot) };
};

const rolloutReader: Reader = async (world, body) => {
  const { data } = fanOutMessage.safeParse(body);
  if (data === undefined) return undefined;
  const rollout = await world.rollouts.load(data.rollout);
  const shard = data.shard === undefined ? '' : `, shard ${data.shard}`;
  return {
    about: `rollout ${data.rollout}${shard}`,
    waits: rollout === undefined ? [] : [whyOfRollout(rollout)],
  };
};

const noticeReader: Reader = async (_, body) => {
  const { data } = noticeMessage.safeParse(body);
  return (
    data && { about: `webhook ${data.webhook}: ${data.type} of deployment ${data.deployment}`, waits: [] }
  );
};

const word = z.object({ kind: z.string(), thing: z.string(), channel: z.string().optional() });

const wordReader: Reader = async (world, body) => {
  const { data } = word.safeParse(body);
  if (data === undefined) return undefined;
  const waits = (await world.slots.ofThing(data.thing)).flatMap(whysOfSlot);
  return { about: `${data.kind} of thing ${data.thing}`, waits };
};

/** A thing's word first: it names a slot, too, and says more than that. */
const readers = [wordReader, slotReader, rolloutReader, noticeReader];

const read = async (world: World, text: string): Promise<About> => {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { about: 'not JSON: none of ours', waits: [] };
  }
  for (const reader of readers) {
    const found = await reader(world, body);
    if (found !== undefined) return found;
  }
  return { about: 'in none of our words', waits: [] };
};

/** The function that empties the queue, by the queue's own part of its name. */
const workers: Readonly<Record<string, string>> = {
  transitions: 'carry-out-transition',
  reports: 'take-report',
  rollouts: 'roll-out',
  webhooks: 'deliver-webhook',
};

const workerOf = ({ source }: DeadLetterQueue, prefix: string): string | undefined => {
  const worker = source === null ? undefined : workers[source.slice(prefix.length + 1)];
  return worker && `${prefix}-${worker}`;
};

const line = z.looseObject({
  message: z.string().optional(),
  code: z.string().optional(),
  error: z.string().optional(),
  deployment: z.string().optional(),
});

const readLine = (text: string | undefined): z.infer<typeof line> => {
  try {
    return line.parse(JSON.parse(text ?? '{}'));
  } catch {
    return {};
  }
};

/** What is as it shall be, or is looked after by somebody else: no message would move it. */
const resting: ReadonlySet<string | null> = new Set([null, 'person', 'successor', 'replacement']);

const adviceFor = ({ source }: DeadLetterQueue, { about }: About, waits: readonly Why[]): string => {
  if (source === null) return 'Nobody takes it from here: devices ask and report again by themselves.';
  if (about.startsWith('in none') || about.startsWith('not JSON'))
    return 'Redriving it brings it back here: find out who sent it.';
  return waits.every(({ waitingFor }) => resting.has(waitingFor))
    ? 'Nobody waits for it: redriving it does nothing and clears the queue.'
    : 'Mend the cause, then redrive it.';
};

export const explainLetter =
  (world: World, logs: LogLines, prefix: string) =>
  async (queue: DeadLetterQueue, letter: DeadLetter): Promise<Explained> => {
    const worker = workerOf(queue, prefix);
    const [about, said] = await Promise.all([
      read(world, letter.body),
      worker === undefined ? undefined : logs.about(worker, letter.messageId, letter.sentAt),
    ]);
    const { message, code, error, deployment } = readLine(said);
    return {
      queue: queue.name,
      messageId: letter.messageId,
      sentAt: letter.sentAt,
      about: about.about,
      code: code ?? message ?? null,
      error: error ?? null,
      deployment: deployment ?? null,
      waits: about.waits,
      advice: adviceFor(queue, about, about.waits),
    };
  };
