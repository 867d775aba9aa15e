// What a saved slot says of its deployments: which have moved, since when they were wanted, and what that counts as.
import type { Deployment } from '#domain/deployment';
import type { Phase } from '#domain/phase';
import type { Rollout } from '#domain/rollout';
import { findIn, type Slot } from '#domain/slot';
import type { Measured } from './emf.ts';

export interface Moved {
  readonly deployment: Deployment;
  /** Undefined: it is new. */
  readonly from: Phase | undefined;
}

/** In the order of their places: the one that has just been asked for comes last. */
export const movedBetween = (before: Slot | undefined, after: Slot): Moved[] =>
  [...after.leaving, ...after.live]
    .map((deployment) => ({ deployment, from: before && findIn(before, deployment.id)?.phase }))
    .filter(({ deployment, from }) => deployment.phase !== from)
    .toSorted((one, other) => one.deployment.seq - other.deployment.seq);

/** When somebody first wanted it on the thing; staging is not wanting. */
export const wantedAt = ({ history, createdAt }: Deployment): number =>
  history.find(({ to }) => to === 'queued')?.at ?? createdAt;

const wasWanted: ReadonlySet<Phase | undefined> = new Set<Phase | undefined>([
  'queued',
  'retrying',
  'deployed',
]);

type Counts = (moved: Moved, now: number) => Measured;
const nothing: Counts = () => ({});

const countsAs: Readonly<Record<Phase, Counts>> = {
  staged: nothing,
  drifted: nothing,
  queued: ({ from }) => (wasWanted.has(from) ? {} : { DeploymentQueued: 1 }),
  retrying: nothing,
  deployed: ({ deployment }, now) => ({
    DeploymentConfirmed: 1,
    ConfirmationTime: now - wantedAt(deployment),
  }),
  superseded: nothing,
  removing: nothing,
  archived: nothing,
  failed: () => ({ DeploymentFailed: 1 }),
};

export const measuredBy = (moved: Moved, now: number): Measured =>
  countsAs[moved.deployment.phase](moved, now);

const endsAs = {
  succeeded: { RolloutSucceeded: 1 },
  failed: { RolloutFailed: 1 },
  cancelled: { RolloutHalted: 1 },
} as const satisfies Record<NonNullable<Rollout['end']>['status'], Measured>;

const hasBegun = (rollout: Rollout | undefined): boolean =>
  rollout !== undefined && rollout.phase !== 'reserved';

/** The same of a rollout. */
export const rolloutMeasuredBy = (before: Rollout | undefined, after: Rollout): Measured => ({
  ...(hasBegun(after) && !hasBegun(before) ? { RolloutStarted: 1 } : {}),
  ...(after.hold !== null && !before?.hold ? { RolloutHalted: 1 } : {}),
  ...(after.end !== null && !before?.end ? endsAs[after.end.status] : {}),
});
