// Rollouts in DynamoDB: one item each, saved whole and only over the version that was read.
import * as z from 'zod';
import { channels } from '#device/shadow';
import { type Rollout, rolloutPhases } from '#domain/rollout';
import type { Rollouts } from '#engine/ports';
import { overVersion } from './condition.ts';
import { type Item, reading } from './item.ts';
import { getItem, putItem, removeItem } from './items.ts';
import { dueRollouts, rolloutDue, rolloutKey, rolloutListed, rolloutOf } from './keys.ts';
import { itemsDue } from './query.ts';
import type { Table } from './table.ts';

const time = z.int();
const size = z.union([z.object({ percent: z.number() }).strict(), z.object({ count: z.int() }).strict()]);
const failure = z.object({ code: z.string(), message: z.string() });
const count = z.int().nonnegative();

const body = z.object({
  organization: z.string(),
  channel: z.enum(channels),
  group: z.string(),
  generation: z.int(),
  revision: z.string(),
  fallback: z.string().nullable(),
  plan: z.object({
    waves: z.array(size),
    bakeMs: z.int(),
    failuresMax: size,
    deadlineMs: z.int(),
    alarms: z.array(z.string()),
    rollsBack: z.boolean(),
  }),
  createdAt: time,
  createdBy: z.string(),
  about: z.record(z.string(), z.unknown()),
  version: z.int().positive(),
  phase: z.enum(rolloutPhases),
  since: time,
  looks: count,
  lookAt: time.nullable(),
  hold: z
    .object({ for: z.enum(['decision', 'operator']), at: time, by: z.string(), why: z.string() })
    .nullable(),
  heldMs: z.int(),
  sealedUpTo: z.string().nullable(),
  total: count,
  reachable: count,
  exposed: count,
  counts: z.object({
    applied: count,
    failed: count,
    withdrawn: count,
    offline: count,
    outstanding: count,
  }),
  countedAt: time.nullable(),
  end: z
    .object({
      status: z.enum(['succeeded', 'failed', 'cancelled']),
      at: time,
      by: z.string(),
      failure: failure.nullable(),
    })
    .nullable(),
  deliveriesUntil: time.nullable().default(null),
});

const storedRollout = z.object({ pk: z.string(), sk: z.string(), body });

const encodeRollout = ({ id, ...rest }: Rollout): Item => ({
  ...rolloutKey(id),
  v: rest.version,
  body: rest,
  ...rolloutDue(rest.lookAt),
  ...rolloutListed(rest.organization, rest.createdAt, id),
});

const decodeRollout = reading(
  'rollout',
  storedRollout,
  ({ body: stored, ...key }): Rollout => ({ id: rolloutOf(key), ...stored }),
);

const decodeDueId = reading(
  'entry of the due index',
  z.object({ pk: z.string(), sk: z.string() }),
  rolloutOf,
);

export const dynamoRollouts = (table: Table): Rollouts => ({
  load: async (id) => {
    const item = await getItem(table, rolloutKey(id));
    return item && decodeRollout(item);
  },
  save: async (rollout) =>
    (await putItem(table, encodeRollout(rollout), overVersion(rollout.version - 1))).done,
  remove: (id) => removeItem(table, rolloutKey(id)),
  due: async (until, limit) => {
    const ids: string[] = [];
    if (limit < 1) return ids;
    for await (const item of itemsDue(table, dueRollouts, until, limit)) {
      ids.push(decodeDueId(item));
      if (ids.length === limit) break;
    }
    return ids;
  },
});
