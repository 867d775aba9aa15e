// Automation rules: kept and told as they were asked for.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { createEntry } from '#engine/create-entry';
import type { World } from '#engine/ports';
import { all, load, type Of, read, remove, revise, storedKind } from '../store/entries.ts';
import type { Body } from '../store/kinds.ts';
import { findEnvItem, inEnv, notFound } from '../store/paths.ts';
import { time } from '../time.ts';
import { listed } from './lists.ts';
import { type Below, type CallOf, nothing, type Operations } from './types.ts';

type Path = '/orgs/{orgId}/apps/{appId}/envs/{envId}/rules';
type Create = CallOf<`POST ${Path}`>;
type Named = Pick<Create, 'principal' | 'params'>;

/** A deprecated field and what has taken its place. */
const twins = [
  ['images_filter', 'artefacts_filter'],
  ['exclude_images_filter', 'exclude_artefacts_filter'],
  ['match', 'match_ref'],
  ['update_to', 'match_ref'],
] as const;

const ruleOf = (body: Create['body']): Body<'rule'> | Refusal => {
  const mixed = twins.find(([old, young]) => body[old] !== undefined && body[young] !== undefined);
  if (mixed !== undefined)
    return refuse('invalid', `${mixed[0]} is deprecated, and not to be combined with ${mixed[1]}.`, {
      fields: mixed,
    });
  return {
    type: body.type,
    active: body.active ?? true,
    artefactsFilter: body.artefacts_filter ?? [],
    excludeArtefactsFilter: body.exclude_artefacts_filter ?? false,
    imagesFilter: body.images_filter ?? [],
    excludeImagesFilter: body.exclude_images_filter ?? false,
    match: body.match ?? '',
    matchRef: body.match_ref ?? '',
    updateTo: body.update_to || 'branch',
  };
};

const tellRule = ({ id, createdAt, updatedAt, body }: Of<'rule'>) => ({
  id,
  type: body.type,
  active: body.active,
  artefacts_filter: body.artefactsFilter,
  exclude_artefacts_filter: body.excludeArtefactsFilter,
  images_filter: body.imagesFilter,
  exclude_images_filter: body.excludeImagesFilter,
  match: body.match,
  match_ref: body.matchRef,
  update_to: body.updateTo,
  created_at: time(createdAt),
  updated_at: time(updatedAt),
});

const told = (rule: Of<'rule'> | Refusal) => (isRefusal(rule) ? rule : { body: tellRule(rule) });

const placeOf = async (world: World, call: Named) => {
  const found = await findEnvItem(world, call);
  return isRefusal(found) ? found : inEnv(found.app, found.item, 'rule');
};

const find = async (world: World, call: Named): Promise<Of<'rule'> | Refusal> => {
  const place = await placeOf(world, call);
  if (isRefusal(place)) return place;
  const { ruleId = '' } = call.params;
  return (await load(world, place, ruleId)) ?? notFound('rule', ruleId);
};

export const rules: Operations<Below<Path>> = {
  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/rules': (world) => async (call) => {
    const place = await placeOf(world, call);
    return isRefusal(place) ? place : listed(all(world, place), tellRule);
  },

  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/rules': (world) => async (call) => {
    const place = await placeOf(world, call);
    if (isRefusal(place)) return place;
    const body = ruleOf(call.body);
    if (isRefusal(body)) return body;
    const entry = await createEntry(world)({
      organization: place.organization,
      kind: storedKind(place),
      ids: call.ids,
      body,
      unique: {},
      request: call.body,
    });
    return isRefusal(entry) ? entry : told(read(place, entry));
  },

  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/rules/{ruleId}': (world) => async (call) =>
    told(await find(world, call)),

  'PUT /orgs/{orgId}/apps/{appId}/envs/{envId}/rules/{ruleId}': (world) => async (call) => {
    const rule = await find(world, call);
    if (isRefusal(rule)) return rule;
    const body = ruleOf(call.body);
    if (isRefusal(body)) return body;
    return told((await revise(world)(rule.place, rule.id, () => body)) ?? notFound('rule', rule.id));
  },

  'DELETE /orgs/{orgId}/apps/{appId}/envs/{envId}/rules/{ruleId}': (world) => async (call) => {
    for (;;) {
      const rule = await find(world, call);
      if (isRefusal(rule)) return rule;
      if (await remove(world, rule)) return nothing;
    }
  },
};
