// Lists of deployments: own ones and those that others share, oldest first, read a batch at a time.

import { inBatches } from '#engine/in-batches';
import type { World } from '#engine/ports';
import { type Deployment, find, idsOf } from '../catalog.ts';
import { findAll, type Settled, settleAll, withRun } from '../deployment-records.ts';
import { type Ref, refsOfServer, sharedIds, sharedRefs } from '../pointers.ts';
import { tellDeployment } from '../tell.ts';
import { byKey } from './by-key.ts';
import type { CallOf } from './types.ts';

type List = CallOf<'GET /v1/{tenant_id}/software_deployments'>;
type Told = Awaited<ReturnType<typeof tellDeployment>>;

const byAge = (one: Deployment, other: Deployment): number =>
  one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1);

async function* ofRefs(world: World, tenant: string, refs: AsyncIterable<Ref>): AsyncGenerator<Deployment> {
  for await (const batch of inBatches(refs)) yield* await findAll(world, tenant, batch);
}

async function* ownRefs(world: World, tenant: string): AsyncGenerator<Ref> {
  for await (const id of idsOf(world, tenant, 'deployment', 'oldest first')) yield { owner: tenant, id };
}

async function* foreignRefs(world: World, tenant: string): AsyncGenerator<Ref> {
  for await (const batch of inBatches(sharedIds(world, tenant)))
    yield* await sharedRefs(world, tenant, batch);
}

/** Two lists that are in order become one. */
async function* merged(
  one: AsyncIterator<Deployment>,
  other: AsyncIterator<Deployment>,
): AsyncGenerator<Deployment> {
  let [left, right] = await Promise.all([one.next(), other.next()]);
  while (!left.done || !right.done) {
    const takesLeft = !left.done && (right.done || byAge(left.value, right.value) < 0);
    if (takesLeft && !left.done) {
      yield left.value;
      left = await one.next();
    } else if (!right.done) {
      yield right.value;
      right = await other.next();
    }
  }
}

const allOf = (world: World, tenant: string): AsyncIterable<Deployment> =>
  merged(ofRefs(world, tenant, ownRefs(world, tenant)), ofRefs(world, tenant, foreignRefs(world, tenant)));

/** Deployments of one server are few enough to be put in order here. */
export const deploymentsOfServer = async (
  world: World,
  tenant: string,
  serverId: string,
): Promise<readonly Deployment[]> => {
  const found = await Array.fromAsync(ofRefs(world, tenant, refsOfServer(world, tenant, serverId)));
  return found.filter(({ body }) => String(body.serverId) === serverId).sort(byAge);
};

const matches = ({ query }: List, { body }: Deployment): boolean =>
  (query.status === undefined || String(body.status) === query.status) &&
  (query.action === undefined || String(body.action) === query.action) &&
  (query.config_id === undefined || body.config.id === query.config_id);

/** A server that only polls is asked after by whoever asks for one deployment: here that would be a read for each. */
const mayBeStarted = ({ deployment, lacksRun }: Settled): boolean =>
  lacksRun && deployment.body.run.id !== null;

async function* settled(
  world: World,
  source: AsyncIterable<Deployment>,
  by: string,
): AsyncGenerator<Deployment> {
  for await (const batch of inBatches(source))
    for (const one of await settleAll(world, batch))
      yield mayBeStarted(one) ? await withRun(world, one, by) : one.deployment;
}

async function* sourceOf(world: World, { principal, query }: List): AsyncGenerator<Deployment> {
  const tenant = principal.organization;
  if (query.server_id) yield* await deploymentsOfServer(world, tenant, query.server_id);
  else yield* allOf(world, tenant);
}

async function* afterMarker(world: World, call: List): AsyncGenerator<Deployment> {
  const { marker } = call.query;
  const [found] =
    marker === undefined
      ? []
      : await findAll(world, call.principal.organization, await refsOf(world, call, marker));
  for await (const one of sourceOf(world, call)) if (found === undefined || byAge(found, one) < 0) yield one;
}

const refsOf = async (world: World, { principal }: List, id: string): Promise<readonly Ref[]> => {
  const own = await find(world, principal.organization, 'deployment', id);
  return own === undefined
    ? sharedRefs(world, principal.organization, [id])
    : [{ owner: principal.organization, id }];
};

/** A Lambda's answer ends at 6 MB. */
const bytesMax = 5_000_000;

const bytesOf = (told: Told): number => Buffer.byteLength(JSON.stringify(told));

export interface Page {
  readonly told: readonly Told[];
  readonly isAll: boolean;
}

export const listDeployments = async (world: World, call: List): Promise<Page> => {
  const { limit = Number.POSITIVE_INFINITY } = call.query;
  const told: Told[] = [];
  let bytes = 0;
  if (limit === 0) return { told, isAll: true };
  for await (const one of settled(world, afterMarker(world, call), byKey(call))) {
    if (!matches(call, one)) continue;
    const next = await tellDeployment(world, one);
    bytes += bytesOf(next);
    if (told.length === limit || (told.length > 0 && bytes > bytesMax)) return { told, isAll: false };
    told.push(next);
  }
  return { told, isAll: true };
};
