// A deployment record as an item: with how it ended, it shall stay near the 1 KB of one write unit.
import * as z from 'zod';
import { channel } from '#device/shadow';
import type { Deployment } from '#domain/deployment';
import type { DeploymentRecord } from '#engine/ports';
import { decodeDeployment, encodeDeployment, storedDeployment } from './deployment-codec.ts';
import { type Item, reading } from './item.ts';
import { deploymentListed, deploymentOf, recordKey } from './keys.ts';
import { packed, readTexts, storedText, storedTexts, unpacked, writeTexts } from './texts.ts';

const format = 1;

const text = storedText.transform(unpacked);

/** Since, texts, deployment. */
const storedEnd = z.tuple([z.int(), storedTexts, storedDeployment]);

const storedRecord = z.object({
  pk: z.string(),
  sk: z.string(),
  /** Format. */
  f: z.literal(format),
  /** Organization. */
  o: z.string(),
  /** Channel. */
  c: channel,
  /** Revision. */
  r: text,
  /** Track. */
  t: text.nullable(),
  /** Restores. */
  x: text.nullable(),
  /** Created at, by. */
  a: z.int(),
  b: z.string(),
  /** About: as JSON text, which keeps every number and every character as it was. */
  w: z.string(),
  /** Request. */
  q: text,
  /** Ended. */
  e: storedEnd.optional(),
});

export const encodeEnd = (deployment: Deployment): z.input<typeof storedEnd> => {
  const texts = writeTexts();
  const stored = encodeDeployment(texts, deployment.createdAt)(deployment);
  return [deployment.createdAt, texts.texts(), stored];
};

const decodeEnd = ([since, texts, deployment]: z.output<typeof storedEnd>): Deployment =>
  decodeDeployment(readTexts(texts), since)(deployment);

const packedOrNull = (value: string | null) => (value === null ? null : packed(value));

export const encodeRecord = (record: DeploymentRecord): Item => ({
  ...recordKey({ thing: record.slot.thing, id: record.id }),
  ...deploymentListed(record.organization, record.slot, record.createdAt, record.id),
  ...({
    f: format,
    o: record.organization,
    c: record.slot.channel,
    r: packed(record.revision),
    t: packedOrNull(record.track),
    x: packedOrNull(record.restores),
    a: record.createdAt,
    b: record.createdBy,
    w: JSON.stringify(record.about),
    q: packed(record.request),
    e: record.ended && encodeEnd(record.ended),
  } satisfies Omit<z.input<typeof storedRecord>, 'pk' | 'sk'>),
});

export const decodeRecord = reading('deployment record', storedRecord, (stored): DeploymentRecord => {
  const { thing, id } = deploymentOf(stored);
  return {
    id,
    organization: stored.o,
    slot: { thing, channel: stored.c },
    revision: stored.r,
    track: stored.t,
    restores: stored.x,
    createdAt: stored.a,
    createdBy: stored.b,
    about: JSON.parse(stored.w),
    request: stored.q,
    ...(stored.e === undefined ? {} : { ended: decodeEnd(stored.e) }),
  };
});
