// Everything that an organization has, line by line, without what is secret. No line depends on another: a reader may stop anywhere.

import type { Channel } from '#domain/channel';
import { channels } from '#domain/channel';
import { inBatches } from './in-batches.ts';
import type { Entry, Key, Thing, World } from './ports.ts';

/** Whether a field of an entry of this kind is secret: dialects know. */
export type IsSecret = (kind: string, field: string) => boolean;

export interface ExportedLine {
  readonly what:
    | 'key'
    | 'limits'
    | 'thing'
    | 'slot'
    | 'deployment'
    | 'rollout'
    | 'delivery'
    | 'entry'
    | 'content'
    | 'audit';
  readonly value: unknown;
}

type Lines = AsyncGenerator<ExportedLine>;
type Part = (world: World, organization: string, isSecret: IsSecret) => Lines;

const exportedKey = ({ secretHash: _, ...key }: Key) => key;

/** A certificate is of no use without its key, and a token's hash of none at all. */
const exportedThing = ({ activation, certificate, ...thing }: Thing) => ({
  ...thing,
  activation: activation && { expiresAt: activation.expiresAt, done: activation.done },
  certificate: certificate && { id: certificate.id },
});

const exportedEntry = ({ body, ...entry }: Entry, isSecret: IsSecret) => {
  const fields = Object.entries(body).filter(([field]) => !isSecret(entry.kind, field));
  return { ...entry, body: Object.fromEntries(fields) };
};

const ever = { from: 0, to: Number.MAX_SAFE_INTEGER };

const parts: readonly Part[] = [
  async function* (world, organization) {
    for (const key of await world.keys.ofOrganization(organization))
      yield { what: 'key', value: exportedKey(key) };
    const agreed = await world.quotas.agreed(organization);
    if (agreed !== undefined) yield { what: 'limits', value: agreed };
  },
  async function* ({ estate, things, slots }, organization) {
    for await (const names of inBatches(estate.thingsOf(organization)))
      for (const thing of await things.loadMany(names)) {
        yield { what: 'thing', value: exportedThing(thing) };
        for (const slot of await slots.ofThing(thing.name)) yield { what: 'slot', value: slot };
      }
  },
  async function* ({ records }, organization) {
    for (const channel of Object.keys(channels) as Channel[])
      for await (const keys of inBatches(records.keysOf(organization, channel, 'oldest first')))
        for (const value of await records.loadMany(keys)) yield { what: 'deployment', value };
  },
  async function* ({ estate, rollouts, deliveries }, organization) {
    for await (const id of estate.rolloutsOf(organization)) {
      const rollout = await rollouts.load(id);
      if (rollout === undefined) continue;
      yield { what: 'rollout', value: rollout };
      for await (const delivery of deliveries.between(id, 0, rollout.total))
        yield { what: 'delivery', value: { rollout: id, ...delivery } };
    }
  },
  async function* ({ estate, catalog }, organization, isSecret) {
    for await (const kind of estate.kindsOf(organization))
      for await (const ids of inBatches(catalog.idsOf(organization, kind, 'oldest first')))
        for (const entry of await catalog.loadMany(organization, kind, ids))
          yield { what: 'entry', value: exportedEntry(entry, isSecret) };
  },
  async function* ({ estate, contents }, organization) {
    for await (const content of estate.contentsOf(organization)) {
      const bytes = await contents.get(organization, content.digest);
      if (bytes !== undefined)
        yield { what: 'content', value: { ...content, base64: Buffer.from(bytes).toString('base64') } };
    }
  },
  async function* ({ audit }, organization) {
    for await (const value of audit.entriesOf(organization, ever, 'oldest first'))
      yield { what: 'audit', value };
  },
];

export const exportOrganization = (world: World, isSecret: IsSecret) =>
  async function* (organization: string): Lines {
    for (const part of parts) yield* part(world, organization, isSecret);
  };
