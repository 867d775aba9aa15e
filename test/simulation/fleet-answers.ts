// What Humanitec tells of a deployment and of each of its devices, beside what slots, marks and Miru say of the same devices.
import type { Rollout } from '#domain/rollout';
import { rolloutWaitsFor } from '#domain/rollout';
import type { Slot } from '#domain/slot';
import { giftId } from '#engine/fleet/deploy-part';
import type { Answers } from '#test/model/invariants';
import type { DialectName, Told } from './doors.ts';
import type { FleetBooks, PartKept } from './fleet-books.ts';
import { envOf } from './fleets.ts';

export interface FleetTold {
  readonly ask: (wish: {
    readonly organization: string;
    readonly dialect: DialectName;
    readonly request: string;
  }) => Promise<Told>;
  readonly books: FleetBooks;
  readonly slotOf: (thing: string) => Slot | undefined;
}

type Alike = Answers['alike'][number];

const statuses: Readonly<Record<'succeeded' | 'failed' | 'cancelled', string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'failed',
};

const isCalledOff = ({ end }: Rollout): boolean => end !== null && end.status !== 'succeeded';

/** Written by hand, from marks alone. */
const progressOf = (rollout: Rollout, parts: readonly PartKept[]) => {
  const count = (fits: (part: PartKept) => boolean): number => parts.filter(fits).length;
  const [applied, failed, withdrawn] = (['applied', 'failed', 'withdrawn'] as const).map((state) =>
    count(({ mark }) => mark === state),
  ) as [number, number, number];
  const offline = count(({ mark, isReachable }) => mark === null && !isReachable);
  const left = rollout.total - applied - failed - withdrawn - offline;
  return isCalledOff(rollout)
    ? { total: rollout.total, applied, failed, offline, waiting: 0, withdrawn: withdrawn + left }
    : { total: rollout.total, applied, failed, offline, waiting: left, withdrawn };
};

const knownOfDevice = (rollout: Rollout, part: PartKept, slot: Slot | undefined) => {
  const id = giftId(part.thing, 'part', rollout.id);
  const there = [...(slot?.live ?? []), ...(slot?.leaving ?? [])].find((one) => one.id === id);
  return {
    thing: part.thing,
    state: part.mark ?? (part.isReachable ? 'waiting' : 'offline'),
    exposed: part.ordinal < rollout.exposed,
    attempts: there?.attempts ?? 0,
    hasError: part.mark === 'failed' || (there?.failure ?? null) !== null,
  };
};

const toldOfDevice = ({ thing, state, exposed, attempts, error }: Told['body']) => ({
  thing,
  state,
  exposed,
  attempts,
  hasError: error !== null,
});

const wanted: ReadonlySet<string> = new Set(['queued', 'retrying', 'deployed']);

/** Nothing is told of one that its environment does not name. A request that is repeated may have left one that ended before that. */
const rolloutOf = ({ books }: FleetTold, id: string): Rollout | undefined =>
  books.rollouts().findLast(({ about, phase, end }) => {
    const isNamed = phase !== 'reserved' && end?.failure?.code !== 'never_named';
    return about.deployment === id && isNamed;
  });

const knownOf = (of: FleetTold, rollout: Rollout) => {
  // Where it ended while its list was written, nobody beyond its total takes part.
  const parts = of.books
    .partsOf(rollout.id)
    .filter(({ ordinal }) => ordinal < rollout.total)
    .toSorted((one, other) => one.ordinal - other.ordinal);
  return {
    deployment: {
      status: rollout.end === null ? 'in progress' : statuses[rollout.end.status],
      phase: rollout.phase,
      exposed: rollout.exposed,
      isPaused: rollout.hold !== null,
      progress: progressOf(rollout, parts),
    },
    why: { phase: rollout.phase, waiting_for: rolloutWaitsFor(rollout) },
    devices: parts.map((part) => knownOfDevice(rollout, part, of.slotOf(part.thing))),
  };
};

const toldOf = async ({ ask }: FleetTold, organization: string, id: string) => {
  const get = async (path: string) =>
    (
      await ask({
        organization,
        dialect: 'humanitec',
        request: `GET ${envOf(organization)}/deploys/${id}${path}`,
      })
    ).body;
  const [deployment, why, devices] = [await get(''), await get('/why'), await get('/devices?per_page=100')];
  return {
    deployment: {
      status: deployment.status,
      phase: deployment.rollout.phase,
      exposed: deployment.rollout.exposed,
      isPaused: deployment.rollout.paused !== null,
      progress: deployment.progress,
    },
    why: { phase: why.phase, waiting_for: why.waiting_for },
    devices: devices.map(toldOfDevice),
  };
};

/** Pages are of a hundred. */
const firstPage = <Known extends { readonly devices: readonly unknown[] }>(known: Known): Known => ({
  ...known,
  devices: known.devices.slice(0, 100),
});

/** Of one deployment; nothing while it has no rollout, or while that changes as it is told. */
export const compareDeployment = async (
  of: FleetTold,
  organization: string,
  id: string,
): Promise<readonly Alike[]> => {
  const rollout = rolloutOf(of, id);
  if (rollout === undefined) return [];
  const known = firstPage(knownOf(of, rollout));
  const told = await toldOf(of, organization, id);
  const now = rolloutOf(of, id);
  const isStill = now !== undefined && JSON.stringify(firstPage(knownOf(of, now))) === JSON.stringify(known);
  return isStill ? [{ told, known }] : [];
};

const beforeActivation: ReadonlySet<string> = new Set(['inactive', 'activating']);

/** Of one device, in both dialects that know it. */
export const compareDevice = async (
  { ask, slotOf }: FleetTold,
  organization: string,
  { label, thing }: { readonly label: string; readonly thing: string },
): Promise<readonly Alike[]> => {
  const slot = slotOf(thing);
  const request = `GET ${envOf(organization)}/devices/${label}`;
  const { status, body } = await ask({ organization, dialect: 'humanitec', request });
  const isIn = { told: status === 200, known: slot?.member !== undefined };
  if (status !== 200) return [isIn];
  const miru = await ask({ organization, dialect: 'miru', request: `GET /beta/devices/dvc_${thing}` });
  const head = slot?.live.find(({ phase }) => wanted.has(phase));
  const waiting = head?.phase === 'deployed' ? 'successor' : (slot?.waiting?.for ?? null);
  return [
    isIn,
    // Miru has words of its own for one that has no certificate yet.
    { told: body.activated, known: !beforeActivation.has(miru.body.status) },
    ...(body.activated ? [{ told: body.status, known: miru.body.status }] : []),
    {
      told: { manifest: body.manifest, delivery: body.delivery, waiting_for: body.waiting_for },
      known: {
        manifest: head?.revision ?? null,
        delivery: head?.phase ?? null,
        waiting_for: head === undefined ? null : waiting,
      },
    },
  ];
};

/** What the other dialects answer to the id under which a slot holds a device's part. */
export const foreignStatuses = async (
  { ask, books }: FleetTold,
  organization: string,
  deployment: string,
): Promise<readonly number[]> => {
  const rollout = books.rollouts().findLast(({ about }) => about.deployment === deployment);
  const [part] = rollout === undefined ? [] : books.partsOf(rollout.id);
  if (rollout === undefined || part === undefined) return [];
  const id = giftId(part.thing, 'part', rollout.id);
  const miru = await ask({ organization, dialect: 'miru', request: `GET /beta/deployments/dpl_${id}` });
  const heat = await ask({
    organization,
    dialect: 'heat',
    request: `GET /v1/${organization}/software_deployments/${id}`,
  });
  return [miru.status, heat.status];
};
