// Webhooks of an application: named in its entry before they are made, and taken out of it after they are gone.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { newUid } from '#engine/ids';
import type { World } from '#engine/ports';
import { load, loadMany, newEntry, type Of, remove, revise, save } from '../store/entries.ts';
import type { Body } from '../store/kinds.ts';
import { findApp, inApp, notFound } from '../store/paths.ts';
import { type Made, madeBy, repeatOf } from '../store/repeats.ts';
import { placeholders } from '../webhooks/compose.ts';
import { events } from '../webhooks/events.ts';
import { newWebhookSecret } from '../webhooks/secret.ts';
import { tellWebhook } from '../webhooks/tell.ts';
import { listed } from './lists.ts';
import { type Below, type CallOf, nothing, type Operations } from './types.ts';

type Path = '/orgs/{orgId}/apps/{appId}/webhooks';
type Create = CallOf<`POST ${Path}`>;
type Named = Pick<Create, 'principal' | 'params'>;

/** Each costs a message per event, and all of them are read when something is announced. */
const webhooksMax = 20;

const refuseUrl = ({ receivers }: World, url: string): Refusal | undefined => {
  const objection = receivers.objection(url);
  return objection === undefined ? undefined : refuse('invalid', `url: ${objection}`, { field: 'url' });
};

// ---- creating

const bodyOf = (
  world: World,
  app: Of<'app'>,
  call: Create,
  url: string,
  made: Made | null,
): Body<'webhook'> => ({
  uid: newUid(world.chance),
  appId: app.body.id,
  url,
  disabled: call.body.disabled ?? false,
  triggers: call.body.triggers ?? [],
  headers: call.body.headers ?? {},
  payload: call.body.payload ?? {},
  secret: call.body.secret ?? newWebhookSecret(world),
  createdBy: call.principal.keyId,
  made,
  lastDelivery: null,
  lastGivenUp: null,
});

/** First, so that none is there that no deployment sees; a name that stays behind is used by whoever takes it next. */
const nameIn = async (world: World, app: Of<'app'>, id: string): Promise<Refusal | undefined> => {
  const changed = await revise(world)(app.place, app.id, ({ body }) => {
    if (body.status === 'deleting') return notFound('application', body.id);
    if (body.webhooks.includes(id)) return body;
    if (body.webhooks.length >= webhooksMax)
      return refuse('invalid', `An application has at most ${webhooksMax} webhooks.`, { limit: webhooksMax });
    return { ...body, webhooks: [...body.webhooks, id] };
  });
  if (changed === undefined) return notFound('application', app.body.id);
  return isRefusal(changed) ? changed : undefined;
};

const unnameIn = (world: World, app: Of<'app'>, id: string) =>
  revise(world)(app.place, app.id, ({ body }) => ({
    ...body,
    webhooks: body.webhooks.filter((name) => name !== id),
  }));

/** What an equal request has made, or that the name is taken. */
const earlierOf = (there: Of<'webhook'>, made: Made | null, now: number): Of<'webhook'> | Refusal => {
  const item = { entry: there, made: there.body.made, createdAt: there.createdAt };
  const repeat = repeatOf([item], made, now);
  if (repeat !== undefined) return isRefusal(repeat) ? repeat : repeat.entry;
  return refuse('already_exists', `There is a webhook ${there.id} already.`, {
    field: 'id',
    value: there.id,
  });
};

const create = async (world: World, call: Create): Promise<Of<'webhook'> | Refusal> => {
  const app = await findApp(world, call);
  if (isRefusal(app)) return app;
  const { url } = call.body;
  if (url == null) return refuse('invalid', 'url: is missing', { field: 'url' });
  const refused = refuseUrl(world, url);
  if (refused !== undefined) return refused;
  const made = madeBy(call);
  const id = call.body.id ?? made?.key ?? newUid(world.chance);
  const place = inApp(app, 'webhook');
  const there = await load(world, place, id);
  if (there !== undefined) return earlierOf(there, made, world.clock.now());
  const unnamed = await nameIn(world, app, id);
  if (unnamed !== undefined) return unnamed;
  const entry = newEntry(place, id, bodyOf(world, app, call, url, made), world.clock.now());
  if ((await save(world, entry)).saved) return entry;
  const faster = await load(world, place, id);
  return faster === undefined ? create(world, call) : earlierOf(faster, made, world.clock.now());
};

/** A secret that the caller has given is not told: who has it knows it. */
const toldOnce = (entry: Of<'webhook'>, given: string | undefined) => ({
  ...tellWebhook(entry),
  ...(given === undefined ? { secret: entry.body.secret } : {}),
});

// ---- what there is

const find = async (world: World, call: Named): Promise<Of<'webhook'> | Refusal> => {
  const app = await findApp(world, call);
  if (isRefusal(app)) return app;
  const { jobId = '' } = call.params;
  return (await load(world, inApp(app, 'webhook'), jobId)) ?? notFound('webhook', jobId);
};

const told = (entry: Of<'webhook'> | Refusal) => (isRefusal(entry) ? entry : { body: tellWebhook(entry) });

type Change = CallOf<`PATCH ${Path}/{jobId}`>['body'];

const changed = (body: Body<'webhook'>, change: Change): Body<'webhook'> => ({
  ...body,
  url: change.url ?? body.url,
  disabled: change.disabled ?? body.disabled,
  triggers: change.triggers ?? body.triggers,
  headers: change.headers ?? body.headers,
  payload: change.payload ?? body.payload,
  secret: change.secret ?? body.secret,
});

const refuseChange = (world: World, { id }: Of<'webhook'>, change: Change): Refusal | undefined => {
  if (change.id !== undefined && change.id !== id)
    return refuse('invalid', 'id: cannot be changed', { field: 'id' });
  return change.url == null ? undefined : refuseUrl(world, change.url);
};

/** Until it is gone, whoever changes it meanwhile. */
const removeWhole = async (world: World, app: Of<'app'>, entry: Of<'webhook'>): Promise<void> => {
  const { place, id } = entry;
  for (
    let there: Of<'webhook'> | undefined = entry;
    there !== undefined;
    there = await load(world, place, id)
  )
    if (await remove(world, there)) break;
  await unnameIn(world, app, id);
  // Somebody may have made another one of that name meanwhile.
  if ((await load(world, place, id)) !== undefined) await nameIn(world, app, id);
};

const removeAll = async (world: World, app: Of<'app'>): Promise<void> => {
  const found = await loadMany(world, inApp(app, 'webhook'), app.body.webhooks);
  for (const entry of found.values()) await removeWhole(world, app, entry);
};

type Route = Below<Path> | 'GET /orgs/{orgId}/events' | 'DELETE /orgs/{orgId}/apps/{appId}/jobs';

export const webhooks: Operations<Route> = {
  'GET /orgs/{orgId}/events': () => async () => ({
    body: Object.values(events).map((event) => ({ ...event, properties: [...placeholders] })),
  }),

  'DELETE /orgs/{orgId}/apps/{appId}/jobs': (world) => async (call) => {
    const app = await findApp(world, call);
    if (isRefusal(app)) return app;
    await removeAll(world, app);
    return nothing;
  },

  'GET /orgs/{orgId}/apps/{appId}/webhooks': (world) => async (call) => {
    const app = await findApp(world, call);
    if (isRefusal(app)) return app;
    const found = await loadMany(world, inApp(app, 'webhook'), app.body.webhooks);
    return listed(
      app.body.webhooks.flatMap((id) => found.get(id) ?? []),
      tellWebhook,
    );
  },

  'POST /orgs/{orgId}/apps/{appId}/webhooks': (world) => async (call) => {
    const entry = await create(world, call);
    return isRefusal(entry) ? entry : { body: toldOnce(entry, call.body.secret) };
  },

  'GET /orgs/{orgId}/apps/{appId}/webhooks/{jobId}': (world) => async (call) => told(await find(world, call)),

  'PATCH /orgs/{orgId}/apps/{appId}/webhooks/{jobId}': (world) => async (call) => {
    const entry = await find(world, call);
    if (isRefusal(entry)) return entry;
    const refused = refuseChange(world, entry, call.body);
    if (refused !== undefined) return refused;
    const revised = await revise(world)(entry.place, entry.id, ({ body }) => changed(body, call.body));
    return told(revised ?? notFound('webhook', entry.id));
  },

  'DELETE /orgs/{orgId}/apps/{appId}/webhooks/{jobId}': (world) => async (call) => {
    const app = await findApp(world, call);
    if (isRefusal(app)) return app;
    const entry = await find(world, call);
    if (isRefusal(entry)) return entry;
    await removeWhole(world, app, entry);
    return nothing;
  },
};
