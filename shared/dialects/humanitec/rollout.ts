// How a deployment gets to where it takes effect: the seam between this dialect and a fleet.
import type { World } from '#engine/ports';
import type { Deployment, Ended } from './store/kinds.ts';

export type RolloutState = Ended | { readonly status: 'in progress' };

export interface Rollout {
  /**
   * Sets a deployment going. Called after its environment names it, so it may never be called (the request died) and may be called
   * again: whoever looks at a deployment that has not begun begins it.
   */
  readonly start: (deployment: Deployment) => Promise<void>;
  /** What has become of a deployment whose end is not on record. */
  readonly stateOf: (deployment: Deployment) => Promise<RolloutState>;
}

/** Nobody to wait for: it has succeeded in the moment that its environment names it, and nothing of it can be lost. */
export const withoutDevices: Rollout = {
  start: async () => undefined,
  stateOf: async ({ createdAt }) => ({ status: 'succeeded', at: createdAt, errors: [] }),
};

/** No environment has devices yet. */
export const rolloutOf = (_world: World): Rollout => withoutDevices;

export const stateOf = async (world: World, deployment: Deployment): Promise<RolloutState> =>
  deployment.ended ?? (await rolloutOf(world).stateOf(deployment));
