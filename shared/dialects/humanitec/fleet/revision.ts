// What a deployment brings to devices: its set, rendered with its values and sealed.
import type { Digest } from '#domain/deployment';
import { isRefusal, type Refusal } from '#domain/refusal';
import type { World } from '#engine/ports';
import type { Deployment } from '../store/kinds.ts';
import { sealSet } from './seal-set.ts';
import type { Where as Rendering } from './values-for.ts';

export type Where = Omit<Rendering, 'valueSetVersionId'>;

export type What = Pick<Deployment, 'setId' | 'valueSetVersionId'>;

export const revisionFor = (world: World, { app, envUid }: Where, what: What): Promise<Digest | Refusal> =>
  sealSet(world)({ app, envUid, ...what });

/** What the environment has: what its last success brought. Null: nothing, or what can be rendered no more, since a value was purged. */
export const revisionOfGood = async (
  world: World,
  where: Where,
  good: Deployment | null,
): Promise<Digest | null> => {
  if (good === null) return null;
  if (good.rollout !== null) return good.rollout.revision;
  const sealed = await revisionFor(world, where, good);
  return isRefusal(sealed) ? null : sealed;
};
