// Config schemas: what an instance of a config type must be like, and where it is written on a device.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { createEntry } from '#engine/create-entry';
import { newUid } from '#engine/ids';
import type { World } from '#engine/ports';
import { sealContent } from '#engine/seal';
import { all, find, findByRef, type Of, read, storedKind } from '../catalog.ts';
import { defaultFilepath, refuseFilepath } from '../filepath.ts';
import { type Format, parseText } from '../parse-text.ts';
import { expandSchemas, only } from './expand.ts';
import { among, orderOf, pageOfItems, tellList } from './lists.ts';
import type { CallOf, Operations } from './types.ts';

const kind = 'config_schema';
type Create = CallOf<'POST /beta/config_schemas'>;

/** Bytes of one schema: what is compiled for every instance must stay small. */
export const schemaBytesMax = 512 * 1024;

const unsupported = (field: string): Refusal =>
  refuse(
    'invalid',
    `${field}: CUE is not supported; write the schema as JSON Schema (2020-12), as JSON or YAML.`,
    {
      field,
    },
  );

/** The text that is a schema we can hold instances against. */
const readDocument = async ({
  body,
}: Create): Promise<{ name: string; data: string; format: Format } | Refusal> => {
  const { language, format, documents } = body;
  if (language === 'cue') return unsupported('language');
  if (format === 'cue') return unsupported('format');
  const [document, ...more] = documents;
  if (document === undefined || more.length > 0)
    return refuse('invalid', 'documents: a JSON Schema is exactly one document.', { field: 'documents' });
  if (Buffer.byteLength(document.data) > schemaBytesMax)
    return refuse('body_too_large', `documents.0.data is larger than ${schemaBytesMax} bytes.`, {
      field: 'documents.0.data',
      limit: schemaBytesMax,
    });
  const parsed = await parseText('documents.0.data', format, document.data);
  if (isRefusal(parsed)) return parsed;
  const { compileSchema } = await import('../schemas.ts');
  const validate = compileSchema('documents.0.data', parsed.value);
  return isRefusal(validate) ? validate : { ...document, format };
};

const commitOf = async (world: World, { principal, body }: Create): Promise<string | null | Refusal> => {
  if (body.git_commit === undefined) return null;
  const commit = await findByRef(world, principal.organization, 'git_commit', body.git_commit.commit_ref);
  return isRefusal(commit) ? commit : commit.id;
};

const create = async (world: World, call: Create): Promise<Of<'config_schema'> | Refusal> => {
  const { organization } = call.principal;
  const document = await readDocument(call);
  if (isRefusal(document)) return document;
  const [type, gitCommitId] = await Promise.all([
    findByRef(world, organization, 'config_type', call.body.config_type_ref),
    commitOf(world, call),
  ]);
  if (isRefusal(type)) return type;
  if (isRefusal(gitCommitId)) return gitCommitId;
  const filepath = call.body.instance_filepath ?? defaultFilepath(type.body.slug, document.format);
  const refused = refuseFilepath('instance_filepath', filepath);
  if (refused !== undefined) return refused;
  const digest = await sealContent(world.contents, organization, Buffer.from(document.data));
  const documents = [{ id: `doc_${newUid(world.chance)}`, name: document.name, digest }];
  const entry = await createEntry(world)({
    organization,
    kind: storedKind(kind),
    ids: call.ids,
    body: { typeId: type.id, format: document.format, filepath, documents, gitCommitId },
    unique: {},
    request: call.request,
  });
  return isRefusal(entry) ? entry : read(kind, entry);
};

export const configSchemas: Operations<
  'POST /beta/config_schemas' | 'GET /beta/config_schemas' | 'GET /beta/config_schemas/{id}'
> = {
  'POST /beta/config_schemas': (world) => async (call) => {
    const schema = await create(world, call);
    if (isRefusal(schema)) return schema;
    return {
      body: only(await expandSchemas(world, call.principal.organization, [schema], call.query.expand)),
    };
  },

  'GET /beta/config_schemas':
    (world) =>
    async ({ principal: { organization }, query }) => {
      const paged = await pageOfItems(
        all(world, organization, kind, orderOf(query)),
        query,
        ({ id, body }) => among(query.id, id) && among(query.config_type_id, body.typeId),
      );
      return {
        body: tellList(paged, query, await expandSchemas(world, organization, paged.items, query.expand)),
      };
    },

  'GET /beta/config_schemas/{id}':
    (world) =>
    async ({ principal: { organization }, params, query }) => {
      const schema = await find(world, organization, kind, params.id ?? '');
      if (isRefusal(schema)) return schema;
      return { body: only(await expandSchemas(world, organization, [schema], query.expand)) };
    },
};
