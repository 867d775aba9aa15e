// Create: seal what was composed, put it on record, and let the slot decide what it means.
import type { NewDeployment, SlotEvent } from '#domain/event';
import { isRefusal, type Refusal } from '#domain/refusal';
import type { SlotId } from '#domain/slot';
import { type ChangesSlots, changeSlot } from './change-slot.ts';
import { type DeploymentView, findDeployment } from './find-deployment.ts';
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
import { canonicalJson, digestOf, type ManifestItem, sealManifest } from './seal.ts';

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
}

type Needs = ChangesSlots & Pick<World, 'chance' | 'contents' | 'repeats'>;

/** The id to use, and whether somebody may have used it before. */
const chooseId = async (
  world: Needs,
  { organization, idempotency, idPrefix, slot }: CreateDeployment,
): Promise<{ id: string; earlier: DeploymentRecord | undefined }> => {
  const named = (uid: string) => deploymentId(idPrefix, slot.thing, uid);
  if (idempotency === undefined) return { id: named(newUid(world.chance)), earlier: undefined };
  const now = world.clock.now();
  const [yesterdays, todays] = idempotentUids(world.clock, organization, idempotency);
  for (const uid of [yesterdays, todays]) {
    const earlier = await world.records.load(slot.thing, named(uid));
    if (earlier !== undefined && now - earlier.createdAt < idempotencyMs) return { id: earlier.id, earlier };
  }
  return { id: named(todays), earlier: undefined };
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

/** Answers the deployment, made now or by an equal request before. */
export const createDeployment =
  (world: Needs) =>
  async (intent: CreateDeployment): Promise<DeploymentView | Refusal> => {
    const request = digestOf(canonicalJson(intent.request));
    const { id, earlier } = await chooseId(world, intent);
    if (earlier !== undefined && earlier.request !== request) return otherRequest();
    if (earlier?.ended === undefined) {
      const revision = await sealManifest(world.contents, intent.organization, intent.items);
      const deployment = { id, revision, track: intent.track, deadline: intent.deadline ?? null };
      const record = recordOf(intent, deployment, request, world.clock.now());
      const changed = await changeSlot(world)({
        id: intent.slot,
        organization: intent.organization,
        event: eventOf(deployment, intent),
        by: intent.by,
        beforeSave: async () => {
          const used = await noteUse(world, { ...intent, thing: intent.slot.thing });
          if (used !== undefined) return used;
          const filed = await world.records.file(record);
          if (filed.request !== request) return otherRequest();
          return filed.ended === undefined ? undefined : 'done already';
        },
      });
      if (isRefusal(changed)) return changed;
    }
    const view = await findDeployment(world)({
      organization: intent.organization,
      channel: intent.slot.channel,
      id,
    });
    if (view === undefined) throw new Error(`Deployment ${id} was made and is not there.`);
    return view;
  };
