// Create: seal what was composed, put it on record, and let the slot decide what it means.
import type { NewDeployment, SlotEvent } from '#domain/event';
import { isRefusal, type Refusal } from '#domain/refusal';
import type { SlotId } from '#domain/slot';
import { type ChangesSlots, changeSlot } from './change-slot.ts';
import { type DeploymentView, findDeployment, viewOf } from './find-deployment.ts';
import {
  deploymentId,
  type Idempotency,
  idempotencyMs,
  idempotentUids,
  newUid,
  otherRequest,
} from './ids.ts';
import { noteUse } from './note-use.ts';
import type { DeploymentRecord, World } from './ports.ts';
import { canonicalJson, digestOf, type ManifestItem, revisionOf, sealManifest } from './seal.ts';

export interface CreateDeployment {
  readonly organization: string;
  readonly by: string;
  readonly slot: SlotId;
  /** What the dialect's ids begin with. */
  readonly idPrefix: string;
  readonly wanted: 'staged' | 'deployed';
  /** Contents that are stored already. */
  readonly items: readonly ManifestItem[];
  readonly track: string | null;
  readonly parent?: string | null;
  readonly deadline?: number;
  readonly about: Readonly<Record<string, unknown>>;
  /** The request as it came: a repeat of its idempotency key must be equal. */
  readonly request: unknown;
  readonly idempotency?: Idempotency;
  /** Where it is asked for once for ever: the caller knows its id, and no note of a key is needed. */
  readonly id?: string;
}

type Needs = ChangesSlots & Pick<World, 'chance' | 'contents' | 'repeats'>;

/** The id to use, and whether somebody may have used it before. */
const chooseId = async (
  world: Needs,
  { organization, idempotency, id: given, idPrefix, slot }: CreateDeployment,
): Promise<{ id: string; earlier: DeploymentRecord | undefined }> => {
  const named = (uid: string) => deploymentId(idPrefix, slot.thing, uid);
  if (given !== undefined) return { id: given, earlier: await world.records.load(slot.thing, given) };
  if (idempotency === undefined) return { id: named(newUid(world.chance)), earlier: undefined };
  const now = world.clock.now();
  const [yesterdays, todays] = idempotentUids(world.clock, organization, idempotency);
  const found = await Promise.all(
    [yesterdays, todays].map((uid) => world.records.load(slot.thing, named(uid))),
  );
  const earlier = found.find((record) => record !== undefined && now - record.createdAt < idempotencyMs);
  return { id: earlier?.id ?? named(todays), earlier };
};

const eventOf = (deployment: NewDeployment, { wanted, parent }: CreateDeployment): SlotEvent =>
  wanted === 'staged'
    ? { type: 'stage', deployment }
    : { type: 'deploy', deployment, ...(parent === undefined ? {} : { parent }) };

const recordOf = (
  { organization, by, slot, about }: CreateDeployment,
  deployment: NewDeployment,
  request: string,
  createdAt: number,
): DeploymentRecord => ({
  id: deployment.id,
  organization,
  slot,
  revision: deployment.revision,
  track: deployment.track,
  restores: null,
  createdAt,
  createdBy: by,
  about,
  request,
});

/** Puts it on record and into its slot. Undefined: it is there already, and has gone on since. */
const make = async (
  world: Needs,
  intent: CreateDeployment,
  id: string,
  request: string,
): Promise<DeploymentView | Refusal | undefined> => {
  const deployment = {
    id,
    revision: revisionOf(intent.items),
    track: intent.track,
    deadline: intent.deadline ?? null,
  };
  let record = recordOf(intent, deployment, request, world.clock.now());
  const sealing = sealManifest(world.contents, intent.organization, intent.items);
  const changing = changeSlot(world)({
    id: intent.slot,
    organization: intent.organization,
    event: eventOf(deployment, intent),
    by: intent.by,
    beforeSave: async () => {
      // Neither a record nor a slot may name what is not stored.
      await sealing;
      const used = await noteUse(world, { ...intent, thing: intent.slot.thing });
      if (used !== undefined) return used;
      record = await world.records.file(record);
      if (record.request !== request) return otherRequest();
      return record.ended === undefined ? undefined : 'done already';
    },
  });
  const [changed] = await Promise.all([changing, sealing]);
  if (isRefusal(changed)) return changed;
  // What was saved just now need not be read to be told.
  return changed.changed ? viewOf(record, changed.slot) : undefined;
};

/** Answers the deployment, made now or by an equal request before. */
export const createDeployment =
  (world: Needs) =>
  async (intent: CreateDeployment): Promise<DeploymentView | Refusal> => {
    const request = digestOf(canonicalJson(intent.request));
    const { id, earlier } = await chooseId(world, intent);
    if (earlier !== undefined && earlier.request !== request) return otherRequest();
    const made = earlier?.ended === undefined ? await make(world, intent, id, request) : undefined;
    if (made !== undefined) return made;
    const { organization, slot } = intent;
    const view = await findDeployment(world)({ organization, channel: slot.channel, id });
    if (view === undefined) throw new Error(`Deployment ${id} was made and is not there.`);
    return view;
  };
