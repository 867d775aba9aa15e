// Signals: a server says how its run ended, at a URL that is its own credential. What comes late is ignored without a word.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import type { World } from '#engine/ports';
import { change, type Deployment, find } from '../catalog.ts';
import { type Details, isOpen, outcomeOfSignal } from '../changes.ts';
import { documentOf } from '../config-document.ts';
import { closed, findSettled, settle } from '../deployment-records.ts';
import { unkeep } from '../kept.ts';
import { cancelRun } from '../runs.ts';
import { signalExpiry, signalUrl, signedSignal } from '../signal-url.ts';
import { isGenuine } from '../signing.ts';
import { exactTime } from '../tell.ts';
import type { CallOf, Operations } from './types.ts';

type Signal =
  | CallOf<'POST /v1/{tenant_id}/deployments/{id}/signal'>
  | CallOf<'PUT /v1/{tenant_id}/deployments/{id}/signal'>;

const by = 'signal';

const wrongUrl = (): Refusal => refuse('forbidden', 'This signal URL is wrong, or it has expired.');

/** One answer for every way in which the URL can be wrong: who guesses learns nothing. */
const letIn = async (world: World, { params, query, recognise }: Signal): Promise<Deployment | Refusal> => {
  const deployment = await find(world, params.tenant_id ?? '', 'deployment', params.id ?? '');
  if (deployment === undefined) return wrongUrl();
  const signed = signedSignal(deployment, Number(query.expires));
  const genuine = isGenuine(deployment.body.secret, signed, query.signature ?? '', world.clock.now());
  if (!genuine) return wrongUrl();
  const { organization, id } = deployment;
  return (await recognise({ by: 'source', id: `signal:${id}`, organization, asking: 'write' })) ?? deployment;
};

const ended = async (world: World, deployment: Deployment, details: Details) => {
  const { organization, body } = deployment;
  const [document, before] = await Promise.all([
    documentOf(world, organization, body.config.document),
    unkeep(world, organization, body.outputValues),
  ]);
  const outcome = outcomeOfSignal(document, before, details);
  return closed(world, deployment, outcome, { at: world.clock.now(), by, why: outcome.reason });
};

const take = async (world: World, call: Signal) => {
  const found = await letIn(world, call);
  if (isRefusal(found)) return found;
  await settle(world, found);
  const after = await change(world)('deployment', found.organization, found.id, (now) =>
    isOpen(now.body) ? ended(world, now, call.body) : undefined,
  );
  if (after !== undefined && !isOpen(after.body)) await cancelRun(world, after, by);
  return { body: {} };
};

export const signals: Operations<
  | 'GET /v1/{tenant_id}/deployments/{id}/signal_url'
  | 'POST /v1/{tenant_id}/deployments/{id}/signal'
  | 'PUT /v1/{tenant_id}/deployments/{id}/signal'
> = {
  'GET /v1/{tenant_id}/deployments/{id}/signal_url': (world) => async (call) => {
    const found = await findSettled(world, call.principal.organization, call.params.id ?? '');
    if (isRefusal(found)) return found;
    const { deployment } = found;
    return {
      body: {
        url: signalUrl(call.baseUrl, deployment),
        expires_at: exactTime(signalExpiry(deployment) * 1000),
      },
    };
  },
  'POST /v1/{tenant_id}/deployments/{id}/signal': (world) => (call) => take(world, call),
  'PUT /v1/{tenant_id}/deployments/{id}/signal': (world) => (call) => take(world, call),
};
