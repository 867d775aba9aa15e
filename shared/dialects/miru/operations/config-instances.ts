// Config instances: texts that satisfy a schema, kept byte for byte and never changed.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { createEntry } from '#engine/create-entry';
import type { World } from '#engine/ports';
import { sealContent } from '#engine/seal';
import { all, find, type Of, read, storedKind } from '../catalog.ts';
import { type Format, parseText } from '../parse-text.ts';
import { expandInstances, only } from './expand.ts';
import { among, orderOf, pageOfItems, tellList } from './lists.ts';
import type { CallOf, Operations } from './types.ts';

const kind = 'config_instance';
type Create = CallOf<'POST /beta/config_instances'>;

/** Bytes of one instance. */
export const instanceBytesMax = 1024 * 1024;

const mediaTypes: Readonly<Record<Format, string>> = { json: 'application/json', yaml: 'application/yaml' };

const schemaOf = async (world: World, { organization, body }: Of<'config_schema'>) => {
  const digest = body.documents[0]?.digest ?? '';
  const bytes = await world.contents.get(organization, digest);
  const { compileSchema, schemaOnce } = await import('../schemas.ts');
  return schemaOnce(`${body.format} ${digest}`, async () => {
    const parsed = await parseText('schema', body.format, Buffer.from(bytes ?? '').toString('utf8'));
    return isRefusal(parsed) ? parsed : compileSchema('schema', parsed.value);
  });
};

const checkContent = async (
  world: World,
  schema: Of<'config_schema'>,
  { format, data }: Create['body']['content'],
): Promise<Refusal | undefined> => {
  if (Buffer.byteLength(data) > instanceBytesMax)
    return refuse('body_too_large', `content.data is larger than ${instanceBytesMax} bytes.`, {
      field: 'content.data',
      limit: instanceBytesMax,
    });
  if (!data.isWellFormed())
    return refuse('invalid', 'content.data: has half of a surrogate pair: it is no text.', {
      field: 'content.data',
    });
  const parsed = await parseText('content.data', format, data);
  if (isRefusal(parsed)) return parsed;
  const validate = await schemaOf(world, schema);
  if (isRefusal(validate)) return validate;
  const { violations } = await import('../schemas.ts');
  return violations('content.data', validate, parsed.value);
};

const create = async (world: World, call: Create): Promise<Of<'config_instance'> | Refusal> => {
  const { organization } = call.principal;
  const { config_schema_id, content } = call.body;
  const schema = await find(world, organization, 'config_schema', config_schema_id);
  if (isRefusal(schema)) return schema;
  const refused = await checkContent(world, schema, content);
  if (refused !== undefined) return refused;
  const bytes = Buffer.from(content.data, 'utf8');
  const digest = await sealContent(world.contents, organization, bytes);
  const { typeId, filepath } = schema.body;
  const entry = await createEntry(world)({
    organization,
    kind: storedKind(kind),
    ids: call.ids,
    body: { schemaId: schema.id, typeId, filepath, format: content.format, digest, size: bytes.length },
    unique: {},
    request: call.request,
  });
  return isRefusal(entry) ? entry : read(kind, entry);
};

const fileName = (path: string): string =>
  (path.split('/').at(-1) ?? 'content').replaceAll(/["\\]|\P{ASCII}/gu, '_');

export const configInstances: Operations<
  | 'POST /beta/config_instances'
  | 'GET /beta/config_instances'
  | 'GET /beta/config_instances/{id}'
  | 'GET /beta/config_instances/{id}/content'
> = {
  'POST /beta/config_instances': (world) => async (call) => {
    const instance = await create(world, call);
    if (isRefusal(instance)) return instance;
    return {
      body: only(await expandInstances(world, call.principal.organization, [instance], call.query.expand)),
    };
  },

  'GET /beta/config_instances':
    (world) =>
    async ({ principal: { organization }, query }) => {
      const paged = await pageOfItems(
        all(world, organization, kind, orderOf(query)),
        query,
        ({ id, body }) =>
          among(query.id, id) &&
          among(query.config_schema_id, body.schemaId) &&
          among(query.config_type_id, body.typeId),
      );
      return {
        body: tellList(paged, query, await expandInstances(world, organization, paged.items, query.expand)),
      };
    },

  'GET /beta/config_instances/{id}':
    (world) =>
    async ({ principal: { organization }, params, query }) => {
      const instance = await find(world, organization, kind, params.id ?? '');
      if (isRefusal(instance)) return instance;
      return { body: only(await expandInstances(world, organization, [instance], query.expand)) };
    },

  'GET /beta/config_instances/{id}/content':
    (world) =>
    async ({ principal: { organization }, params, query }) => {
      const instance = await find(world, organization, kind, params.id ?? '');
      if (isRefusal(instance)) return instance;
      const { digest, format, filepath } = instance.body;
      const raw = await world.contents.get(organization, digest);
      if (raw === undefined) throw new Error(`Content ${digest} is missing.`);
      const disposition = `${query.disposition}; filename="${fileName(filepath)}"`;
      return {
        body: { raw },
        headers: { 'content-type': mediaTypes[format], 'content-disposition': disposition },
      };
    },
};
