// Config types: what kinds of configuration an organization has.
import { isRefusal } from '#domain/refusal';
import { changeEntry, createEntry } from '#engine/create-entry';
import { all, find, read, storedKind } from '../catalog.ts';
import { etagOf, tellConfigType } from '../tell.ts';
import { among, orderOf, pageOfItems, tellList } from './lists.ts';
import type { Operations } from './types.ts';

const kind = 'config_type';

export const configTypes: Operations<
  | 'POST /beta/config_types'
  | 'GET /beta/config_types'
  | 'GET /beta/config_types/{id}'
  | 'PATCH /beta/config_types/{id}'
> = {
  'POST /beta/config_types': (world) => async (call) => {
    const { name, slug } = call.body;
    const entry = await createEntry(world)({
      organization: call.principal.organization,
      kind: storedKind(kind),
      ids: call.ids,
      body: { name, slug },
      unique: { slug },
      request: call.request,
    });
    return isRefusal(entry)
      ? entry
      : { body: tellConfigType(read(kind, entry)), headers: etagOf(entry.version) };
  },

  'GET /beta/config_types':
    (world) =>
    async ({ principal, query }) => {
      const source = all(world, principal.organization, kind, orderOf(query));
      const paged = await pageOfItems(
        source,
        query,
        ({ id, body }) => among(query.id, id) && among(query.name, body.name) && among(query.slug, body.slug),
      );
      return { body: tellList(paged, query, paged.items.map(tellConfigType)) };
    },

  'GET /beta/config_types/{id}':
    (world) =>
    async ({ principal, params }) => {
      const entry = await find(world, principal.organization, kind, params.id ?? '');
      return isRefusal(entry) ? entry : { body: tellConfigType(entry), headers: etagOf(entry.version) };
    },

  'PATCH /beta/config_types/{id}':
    (world) =>
    async ({ principal, params, body, version }) => {
      const entry = await changeEntry(world)({
        organization: principal.organization,
        kind: storedKind(kind),
        id: params.id ?? '',
        version,
        change: (before) => {
          const { name, slug } = read(kind, before).body;
          const next = { name: body.name ?? name, slug: body.slug ?? slug };
          return { body: { ...before.body, ...next }, unique: { slug: next.slug } };
        },
      });
      return isRefusal(entry)
        ? entry
        : { body: tellConfigType(read(kind, entry)), headers: etagOf(entry.version) };
    },
};
