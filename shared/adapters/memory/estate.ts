// What an organization has in memory: every shelf, looked through.
import type { Rollout } from '#domain/rollout';
import type { Slot } from '#domain/slot';
import type { EstatePart } from '#engine/estate-parts';
import type { Agreed, AuditEntry, DeploymentRecord, Entry, Estate, Key, Thing } from '#engine/ports';
import type { Content } from './contents.ts';
import type { DeliveriesKept } from './deliveries.ts';
import type { Listed } from './members.ts';
import type { Pong } from './pongs.ts';
import type { Taken } from './quotas.ts';
import type { Repeat } from './repeats.ts';
import { type Owned, shelf } from './shelf.ts';

export const newShelves = () => ({
  slots: shelf<Slot>(),
  records: shelf<DeploymentRecord>(),
  members: shelf<Listed>(),
  rollouts: shelf<Rollout>(),
  deliveries: new Map<string, DeliveriesKept>(),
  contents: shelf<Content>(),
  things: shelf<Thing>(),
  repeats: shelf<Repeat>(),
  pongs: shelf<Pong>(),
  keys: shelf<Key>(),
  taken: shelf<Taken>(),
  agreed: shelf<Owned<{ readonly agreed: Agreed }>>(),
  audit: shelf<AuditEntry>(),
  entries: shelf<Entry>(),
});

export type Shelves = ReturnType<typeof newShelves>;

/** All that lies on them at this moment; returns what makes it that again. */
export const rememberShelves = ({ deliveries, ...shelves }: Shelves): (() => void) => {
  const putBack = Object.values(shelves).map(({ remember }) => remember());
  const then = structuredClone(deliveries);
  return () => {
    for (const back of putBack) back();
    deliveries.clear();
    for (const [rollout, kept] of structuredClone(then)) deliveries.set(rollout, kept);
  };
};

const whose = (organization: string) => (item: { readonly organization: string }) =>
  item.organization === organization;

const removeRollouts = ({ rollouts, deliveries }: Shelves, organization: string): number => {
  for (const { id } of rollouts.those(whose(organization))) deliveries.delete(id);
  return rollouts.removeThose(whose(organization));
};

const removeParts: Readonly<Record<EstatePart, (shelves: Shelves, organization: string) => number>> = {
  rollouts: removeRollouts,
  things: ({ slots, things, members }, organization) =>
    slots.removeThose(whose(organization)) +
    members.removeThose(whose(organization)) +
    things.removeThose(whose(organization)),
  deployments: ({ records }, organization) => records.removeThose(whose(organization)),
  entries: ({ entries }, organization) => entries.removeThose(whose(organization)),
  contents: ({ contents }, organization) => contents.removeThose(whose(organization)),
  repeats: ({ repeats }, organization) => repeats.removeThose(whose(organization)),
  limits: ({ taken, agreed }, organization) =>
    taken.removeThose(whose(organization)) + agreed.removeThose(whose(organization)),
  audit: ({ audit }, organization) => audit.removeThose(whose(organization)),
  lists: () => 0,
  keys: ({ keys }, organization) => keys.removeThose(whose(organization)),
};

export const memoryEstate = (shelves: Shelves): Estate => {
  const { things, rollouts, entries, contents } = shelves;
  return {
    organizations: async function* () {
      yield* new Set(shelves.keys.those(() => true).map(({ organization }) => organization));
    },
    thingsOf: async function* (organization) {
      yield* things.those(whose(organization)).map(({ name }) => name);
    },
    rolloutsOf: async function* (organization) {
      yield* rollouts.those(whose(organization)).map(({ id }) => id);
    },
    kindsOf: async function* (organization) {
      yield* new Set(entries.those(whose(organization)).map(({ kind }) => kind));
    },
    contentsOf: async function* (organization) {
      for (const { digest, size, usedAt } of contents.those(whose(organization)))
        yield { digest, size, usedAt };
    },
    removeContent: async (organization, { digest, usedAt }) => {
      if (contents.get(organization, digest)?.usedAt !== usedAt) return false;
      contents.remove(organization, digest);
      return true;
    },
    remove: async function* (organization, part) {
      yield removeParts[part](shelves, organization);
    },
  };
};
