// Deltas: composed by several people, merged, and locked once they are archived.
import { isRefusal, type Refusal } from '#domain/refusal';
import { createEntry } from '#engine/create-entry';
import type { World } from '#engine/ports';
import { canonicalJson } from '#engine/seal';
import { type AskedDelta, type Delta, emptyDelta, isMisfit, mergedAll } from '../sets/delta.ts';
import { keepText, recall, tooLarge } from '../store/documents.ts';
import { all, load, type Of, read, revise, storedKind } from '../store/entries.ts';
import type { Body } from '../store/kinds.ts';
import { findApp, inApp, notFound } from '../store/paths.ts';
import { tellDelta } from '../tell.ts';
import { conflict, misfits } from '../words.ts';
import { listed } from './lists.ts';
import { type Below, type CallOf, nothing, type Operations } from './types.ts';

type Route = Below<'/orgs/{orgId}/apps/{appId}/deltas'>;
type Create = CallOf<'POST /orgs/{orgId}/apps/{appId}/deltas'>;
type Named = Pick<Create, 'principal' | 'params'>;
type DeltaBody = Body<'delta'>;

export const findDelta = async (world: World, app: Of<'app'>, id: string): Promise<Of<'delta'> | undefined> =>
  load(world, inApp(app, 'delta'), id);

export const contentOf = (world: World, { organization, body }: Of<'delta'>): Promise<Delta> =>
  recall(world, organization, body.document);

const keepMerged = async (
  world: World,
  organization: string,
  pending: Delta,
  asked: readonly AskedDelta[],
): Promise<string | Refusal> => {
  const delta = mergedAll(pending, asked);
  if (isMisfit(delta)) return misfits('This delta', delta);
  const text = canonicalJson(delta);
  return tooLarge(text, 'The delta') ?? keepText(world, organization, text);
};

const orNull = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text);

const create = async (world: World, call: Create): Promise<Of<'delta'> | Refusal> => {
  const app = await findApp(world, call);
  if (isRefusal(app)) return app;
  const { metadata = {}, ...asked } = call.body;
  const document = await keepMerged(world, app.organization, emptyDelta, [asked]);
  if (typeof document !== 'string') return document;
  const body: DeltaBody = {
    envId: orNull(metadata.env_id),
    name: orNull(metadata.name),
    archived: false,
    createdBy: call.principal.keyId,
    contributers: [],
    document,
  };
  const place = inApp(app, 'delta');
  const entry = await createEntry(world)({
    organization: app.organization,
    kind: storedKind(place),
    ids: call.ids,
    body,
    unique: {},
    request: call.body,
  });
  return isRefusal(entry) ? entry : read(place, entry);
};

const find = async (world: World, call: Named): Promise<Of<'delta'> | Refusal> => {
  const app = await findApp(world, call);
  if (isRefusal(app)) return app;
  const { deltaId = '' } = call.params;
  return (await findDelta(world, app, deltaId)) ?? notFound('delta', deltaId);
};

const change = async (
  world: World,
  call: Named,
  next: (entry: Of<'delta'>) => Promise<DeltaBody | Refusal> | DeltaBody | Refusal,
): Promise<Of<'delta'> | Refusal> => {
  const found = await find(world, call);
  if (isRefusal(found)) return found;
  return (await revise(world)(found.place, found.id, next)) ?? notFound('delta', found.id);
};

const locked = ({ id }: Of<'delta'>): Refusal =>
  conflict('delta_archived', `Delta ${id} is archived: take it out of the archive to change it.`, { id });

const contributed = ({ body }: Of<'delta'>, { principal: { keyId } }: Named): string[] =>
  keyId === body.createdBy || body.contributers.includes(keyId)
    ? body.contributers
    : [...body.contributers, keyId];

/** PATCH merges into what is there, PUT into nothing. */
const mergeInto = (
  world: World,
  call: Named,
  asked: readonly AskedDelta[],
  pendingOf: (entry: Of<'delta'>) => Promise<Delta>,
): Promise<Of<'delta'> | Refusal> =>
  change(world, call, async (entry) => {
    if (entry.body.archived) return locked(entry);
    const document = await keepMerged(world, entry.organization, await pendingOf(entry), asked);
    if (typeof document !== 'string') return document;
    return { ...entry.body, document, contributers: contributed(entry, call) };
  });

const told = async (world: World, delta: Of<'delta'> | Refusal) =>
  isRefusal(delta) ? delta : { body: tellDelta(delta, await contentOf(world, delta)) };

const done = (delta: Of<'delta'> | Refusal) => (isRefusal(delta) ? delta : nothing);

// ---- metadata, under the paths of today and of older clients

type PutArchived = CallOf<'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}/archived'>;
type PutText = CallOf<'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}/name'>;

const putArchived = (world: World) => async (call: PutArchived) =>
  done(await change(world, call, ({ body }) => ({ ...body, archived: call.body })));

const putText = (field: 'envId' | 'name') => (world: World) => async (call: PutText) =>
  done(
    await change(world, call, (entry) =>
      entry.body.archived ? locked(entry) : { ...entry.body, [field]: orNull(call.body) },
    ),
  );

export const deltas: Operations<Route> = {
  'GET /orgs/{orgId}/apps/{appId}/deltas': (world) => async (call) => {
    const app = await findApp(world, call);
    if (isRefusal(app)) return app;
    const { env, archived = 'false' } = call.query;
    const wanted = async function* () {
      for await (const entry of all(world, inApp(app, 'delta'), 'newest first'))
        if (String(entry.body.archived) === archived && (env === undefined || entry.body.envId === env))
          yield entry;
    };
    return listed(wanted(), async (entry) => tellDelta(entry, await contentOf(world, entry)));
  },

  'POST /orgs/{orgId}/apps/{appId}/deltas': (world) => async (call) => told(world, await create(world, call)),

  'GET /orgs/{orgId}/apps/{appId}/deltas/{deltaId}': (world) => async (call) =>
    told(world, await find(world, call)),

  'PATCH /orgs/{orgId}/apps/{appId}/deltas/{deltaId}': (world) => async (call) => {
    if (call.body.length === 0) return told(world, await find(world, call));
    return told(world, await mergeInto(world, call, call.body, (entry) => contentOf(world, entry)));
  },

  'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}': (world) => async (call) =>
    done(await mergeInto(world, call, [call.body], async () => emptyDelta)),

  'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}/metadata/archived': putArchived,
  'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}/metadata/env_id': putText('envId'),
  'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}/metadata/name': putText('name'),
  'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}/archived': putArchived,
  'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}/env_id': putText('envId'),
  'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}/name': putText('name'),
};
