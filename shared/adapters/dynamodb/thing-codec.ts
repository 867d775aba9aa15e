// A thing as an item: its own words, since it is read far more often than written.
import * as z from 'zod';
import type { Thing } from '#engine/ports';
import { type Item, reading } from './item.ts';
import { escaped, unescaped } from './key-text.ts';
import { retiredListed, thingKey, thingListed, thingOf } from './keys.ts';

const time = z.int();

const storedCertificate = z.object({ id: z.string(), arn: z.string(), pem: z.string() });

const storedThing = z.object({
  pk: z.string(),
  sk: z.string(),
  format: z.literal(1),
  organization: z.string(),
  roster: z.string(),
  /** Escaped as it is in keys, or half a surrogate pair would come back as something else. */
  label: z.string().transform(unescaped),
  registeredAs: z.string().transform(unescaped),
  agentVersion: z.string().nullable(),
  activation: z
    .object({
      tokenHash: z.string(),
      expiresAt: time,
      csrHash: z.string().nullable(),
      generation: z.int().default(0),
      request: z.string().nullable().default(null),
      signed: storedCertificate.exactOptional(),
      done: z.boolean(),
    })
    .nullable(),
  certificate: storedCertificate.nullable(),
  presence: z.object({
    state: z.enum(['never', 'online', 'offline']),
    versionNumber: z.int(),
    connectedAt: time.nullable(),
    disconnectedAt: time.nullable(),
  }),
  createdAt: time,
  updatedAt: time,
  /** Absent in items that were written before things could be retired. */
  retiredAt: time.nullable().default(null),
  version: z.int().positive(),
});

/** Its version and its claim are added where it is saved. */
export const encodeThing = (thing: Thing): Item => ({
  ...thingKey(thing.name),
  ...(thing.retiredAt === null
    ? thingListed(thing.organization, thing.roster, thing.createdAt, thing.name)
    : retiredListed(thing.organization, thing.createdAt, thing.name)),
  ...({
    format: 1,
    organization: thing.organization,
    roster: thing.roster,
    label: escaped(thing.label),
    registeredAs: escaped(thing.registeredAs),
    agentVersion: thing.agentVersion,
    activation: thing.activation,
    certificate: thing.certificate,
    presence: thing.presence,
    createdAt: thing.createdAt,
    updatedAt: thing.updatedAt,
    retiredAt: thing.retiredAt,
  } satisfies Omit<z.input<typeof storedThing>, 'pk' | 'sk' | 'version'>),
});

export const decodeThing = reading(
  'thing',
  storedThing,
  ({ pk, sk, format: _, ...stored }): Thing => ({
    name: thingOf({ pk, sk }),
    ...stored,
  }),
);
