// A world that tells the unit of work what is done through it: which deployments moved, which went out, whose they are.
import type { Deployment } from '#domain/deployment';
import type { Rollout } from '#domain/rollout';
import { type Slot, type SlotId, toldOf } from '#domain/slot';
import type { DeploymentRecord, World } from '#engine/ports';
import type { MetricName } from '#operations/metrics';
import type { Measured } from './emf.ts';
import { measuredBy, movedBetween, rolloutMeasuredBy, wantedAt } from './moved.ts';
import {
  belongsTo,
  concerns,
  concernsRollout,
  forget,
  hasRead,
  measure,
  remember,
  remembered,
} from './unit.ts';

type Now = () => number;

const noting =
  <Args extends readonly unknown[], Answer>(
    method: (...args: Args) => Promise<Answer>,
    note: (answer: Answer, ...args: Args) => void,
  ) =>
  async (...args: Args): Promise<Answer> => {
    const answer = await method(...args);
    note(answer, ...args);
    return answer;
  };

const keyOf = ({ thing, channel }: SlotId): string => `${thing}/${channel}`;

const measureAll = (measured: Measured): void => {
  for (const [name, values] of Object.entries(measured))
    for (const value of [values].flat()) measure(name as MetricName, value);
};

const noteTarget = ({ id, target, organization }: Slot): void => {
  belongsTo(organization);
  if (target?.deployment != null) concerns(target.deployment, { ...id, seq: target.seq });
};

const noteMoves = (before: Slot | undefined, after: Slot, now: number): void => {
  for (const moved of movedBetween(before, after)) {
    const { id, seq, phase, part } = moved.deployment;
    concerns(id, { ...after.id, seq, phase });
    if (part !== undefined) concernsRollout(part.rollout);
    measureAll(measuredBy(moved, now));
  }
};

const slotsOf = (slots: World['slots'], now: Now): World['slots'] => ({
  ...slots,
  load: noting(slots.load, (slot, id) => {
    remember(keyOf(id), slot);
    if (slot !== undefined) noteTarget(slot);
  }),
  save: noting(slots.save, (isSaved, slot) => {
    if (!isSaved) return;
    noteMoves(remembered(keyOf(slot.id)) as Slot | undefined, slot, now());
    forget(keyOf(slot.id));
  }),
  due: noting(slots.due, ([first], _, until) => {
    if (first !== undefined) measure('SweepLag', until - first.dueAt);
  }),
});

const shownOf = (id: SlotId): string => `${keyOf(id)} shows`;

/** Nobody has looked before, or who did has found that the shadow showed something else. */
const isFirstTime = ({ id, waiting, target }: Slot, newest: Deployment): boolean =>
  waiting?.times === 0
    ? waiting.since <= wantedAt(newest)
    : hasRead(shownOf(id)) && remembered(shownOf(id)) !== target?.seq;

/** Saying it again is not delivering. */
const noteDelivery = (slot: Slot, now: number): void => {
  const told = toldOf(slot);
  for (const { id, seq } of told) concerns(id, { ...slot.id, seq });
  const newest = told.at(-1);
  if (newest !== undefined && isFirstTime(slot, newest)) measure('DeliveryTime', now - wantedAt(newest));
};

const shadowsOf = (shadows: World['shadows'], now: Now): World['shadows'] => ({
  ...shadows,
  read: noting(shadows.read, (shadow, thing, channel) =>
    remember(shownOf({ thing, channel }), Object(shadow?.target).seq),
  ),
  write: noting(shadows.write, (_, thing, channel) => {
    const slot = remembered(keyOf({ thing, channel })) as Slot | undefined;
    if (slot !== undefined) noteDelivery(slot, now());
  }),
});

/** Some dialects have a deployment of their own above ours: whoever has only its id finds ours in the same line. */
const noteRecord = (record: DeploymentRecord | undefined): void => {
  if (record === undefined) return;
  const { deployment } = record.about;
  concerns(record.id, { ...record.slot, ...(typeof deployment === 'string' && { knownAs: deployment }) });
};

/** Whoever asks for one is told of that one, whatever else its slot holds. */
const recordsOf = (records: World['records']): World['records'] => ({
  ...records,
  file: noting(records.file, noteRecord),
  load: noting(records.load, noteRecord),
});

const rolloutsOf = (rollouts: World['rollouts']): World['rollouts'] => ({
  ...rollouts,
  load: noting(rollouts.load, (rollout, id) => {
    remember(id, rollout);
    concernsRollout(id);
  }),
  save: noting(rollouts.save, (isSaved, rollout) => {
    if (!isSaved) return;
    concernsRollout(rollout.id);
    measureAll(rolloutMeasuredBy(remembered(rollout.id) as Rollout | undefined, rollout));
    remember(rollout.id, rollout);
  }),
});

/** Only the ports that are given: to a port that is withheld nothing can happen. */
export const witnessed = <Given extends Partial<World> & Pick<World, 'clock'>>(given: Given): Given => ({
  ...given,
  ...(given.slots && { slots: slotsOf(given.slots, given.clock.now) }),
  ...(given.shadows && { shadows: shadowsOf(given.shadows, given.clock.now) }),
  ...(given.records && { records: recordsOf(given.records) }),
  ...(given.rollouts && { rollouts: rolloutsOf(given.rollouts) }),
});
