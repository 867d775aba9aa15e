// The log of an environment: what is known of its deployments. No container runs here that could say anything of its own.
import type * as z from 'zod';
import { isRefusal } from '#domain/refusal';
import type { World } from '#engine/ports';
import { type DeploymentView, viewOf } from '../fleet/view.ts';
import type * as is from '../objects.ts';
import { deploymentsOf, findDeployment } from '../store/deployments.ts';
import type { Deployment, DeploymentError } from '../store/kinds.ts';
import { type FoundEnv, findEnv } from '../store/paths.ts';
import { time } from '../time.ts';
import { listed } from './lists.ts';
import type { CallOf, Operations } from './types.ts';

type Route = 'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/logs';
type Query = CallOf<Route>['query'];
type Entry = z.infer<typeof is.logEntry>;

/** One request reads no further back. */
const deploymentsMax = 500;

const entry = (at: number, level: 'INFO' | 'ERROR', payload: string, workload = ''): Entry => ({
  timestamp: time(at),
  level,
  payload,
  workload_id: workload,
  container_id: '',
});

const wordsOf = ({ code, summary, message }: DeploymentError): string =>
  [code, summary, message].filter((words) => words !== '').join(': ');

const errorEntry = (at: number, error: DeploymentError): Entry =>
  entry(at, 'ERROR', wordsOf(error), error.scope === 'workload' ? error.object_id : '');

/** In the order in which it happened. */
const entriesOf = ({ deployment: { id, createdAt, createdBy, comment }, state }: DeploymentView): Entry[] => {
  const about = comment === '' ? '' : `: ${comment}`;
  const begun = entry(createdAt, 'INFO', `Deployment ${id} was started by ${createdBy}${about}`);
  if (state.status === 'in progress') return [begun];
  const { at, status, errors } = state;
  const over = entry(at, status === 'succeeded' ? 'INFO' : 'ERROR', `Deployment ${id} has ${status}.`);
  return [begun, ...errors.map((error) => errorEntry(at, error)), over];
};

const windowOf = ({ timestamp_from: from, timestamp_to: to }: Query) => ({
  from: from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from),
  to: to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to),
});

const isAskedFor = (query: Query) => {
  const { from, to } = windowOf(query);
  return ({ timestamp, workload_id, container_id }: Entry): boolean => {
    const at = Date.parse(timestamp);
    const isOf = (asked: string | undefined, is: string) => asked === undefined || asked === is;
    return (
      at >= from && at <= to && isOf(query.workload_id, workload_id) && isOf(query.container_id, container_id)
    );
  };
};

async function* deploymentsIn(
  world: World,
  env: FoundEnv,
  id: string | undefined,
): AsyncGenerator<Deployment> {
  if (id === undefined) return yield* deploymentsOf(world, env);
  const found = await findDeployment(world, env.app, id);
  if (found?.envUid === env.item.uid) yield found;
}

/** Newest first, until there are enough or nothing older can be asked for. One deployment has ended before the next one starts. */
const collect = async (world: World, env: FoundEnv, query: Query): Promise<Entry[]> => {
  const { from } = windowOf(query);
  const enough = query.asc === 'true' ? Number.POSITIVE_INFINITY : query.limit;
  const found: Entry[] = [];
  let read = 0;
  for await (const deployment of deploymentsIn(world, env, query.deployment_id)) {
    const entries = entriesOf(await viewOf(world, deployment)).toReversed();
    found.push(...entries.filter(isAskedFor(query)));
    read += 1;
    const isOlder = Date.parse(entries[0]?.timestamp ?? '') < from;
    if (isOlder || found.length >= enough || read >= deploymentsMax) break;
  }
  return found;
};

/** `asc` says which end of the log the limit keeps, and in which order; `invert` turns what is told round. */
const ordered = (newestFirst: Entry[], { asc, invert, limit }: Query): Entry[] => {
  const kept = (asc === 'true' ? newestFirst.toReversed() : newestFirst).slice(0, limit);
  return invert === 'true' ? kept.toReversed() : kept;
};

export const logs: Operations<Route> = {
  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/logs': (world) => async (call) => {
    const env = await findEnv(world, call);
    if (isRefusal(env)) return env;
    return listed(ordered(await collect(world, env, call.query), call.query), (line) => line);
  },
};
