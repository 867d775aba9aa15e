// A server's metadata: the configs of all its deployments, by name, and whether they have changed since it last looked.
import { createHash } from 'node:crypto';
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import type { World } from '#engine/ports';
import type { Reply } from '../../dialect.ts';
import type { Deployment } from '../catalog.ts';
import { type ConfigDocument, documentOf } from '../config-document.ts';
import { byCodePoints } from '../python.ts';
import { findServer } from '../server-records.ts';
import { withSignal } from '../signal-url.ts';
import { isGenuine } from '../signing.ts';
import { tellDocument } from '../tell.ts';
import { deploymentsOfServer } from './list-deployments.ts';
import type { CallOf, Operations } from './types.ts';

interface Named {
  readonly deployment: Deployment;
  readonly document: ConfigDocument;
}

const kindOf = (value: unknown): string => (value === null ? 'null' : typeof value);

const byName: Readonly<Record<string, (one: never, other: never) => number>> = {
  string: byCodePoints,
  number: (one: number, other: number) => one - other,
  boolean: (one: boolean, other: boolean) => Number(one) - Number(other),
};

/** Stable; Python has no order of text and null, so Heat has none of configs with such names. */
const sorted = (configs: readonly Named[]): readonly Named[] | Refusal => {
  const kinds = new Set(configs.map(({ document }) => kindOf(document.name)));
  const [kind = 'null'] = kinds;
  if (kinds.size > 1)
    return refuse(
      'invalid',
      `The configs of this server cannot be sorted: their names are of different types (${[...kinds].join(', ')}).`,
    );
  const compare = (byName[kind] ?? (() => 0)) as (one: unknown, other: unknown) => number;
  return [...configs].sort((one, other) => compare(one.document.name, other.document.name));
};

/** A Lambda's answer ends at 6 MB, and metadata has no pages. */
const bytesMax = 5_500_000;

const tooLarge = (bytes: number): Refusal =>
  refuse(
    'body_too_large',
    `the metadata of this server has ${bytes} bytes, and ${bytesMax} can be answered.`,
  );

/** For as long a change may still be on its way into what is read here: a request of ours ends in half that time. */
const unsettledMs = 30_000;

const changedAt = async (
  world: World,
  tenant: string,
  serverId: string,
  deployments: readonly Deployment[],
): Promise<number> => {
  const server = await findServer(world, tenant, serverId);
  return Math.max(0, server?.body.changedAt ?? 0, ...deployments.map(({ body }) => body.metadataAt));
};

/**
 * In whole seconds, and clients skip what is not newer: two changes in one second must not look like one. So for a while after
 * a change nothing is said of its time, and clients read everything.
 */
const lastModified = (at: number, now: number): Record<string, string> =>
  at === 0 || now - at < unsettledMs ? {} : { 'last-modified': new Date(at).toUTCString() };

const etagOf = (text: string): string => `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;

type Headers = Readonly<Record<string, string | undefined>>;

const isUnchanged = (conditions: Headers, headers: Record<string, string>): boolean => {
  const { 'if-none-match': tags, 'if-modified-since': since } = conditions;
  if (tags !== undefined)
    return tags
      .split(',')
      .some((tag) => tag.trim().replace(/^W\//, '') === headers.etag || tag.trim() === '*');
  const modified = Date.parse(headers['last-modified'] ?? '');
  return since !== undefined && modified <= Date.parse(since);
};

type Metadata = { metadata: ReturnType<typeof tellDocument>[] };

const unchanged = (headers: Record<string, string>): Reply<never> => ({
  status: 304,
  headers,
  body: { raw: '' },
});

const tellMetadata = async (
  world: World,
  tenant: string,
  serverId: string,
  baseUrl: string,
): Promise<{ body: Metadata; headers: Record<string, string> } | Refusal> => {
  const deployments = await deploymentsOfServer(world, tenant, serverId);
  const configs = sorted(
    await Promise.all(
      deployments.map(async (deployment) => ({
        deployment,
        document: await documentOf(world, deployment.organization, deployment.body.config.document),
      })),
    ),
  );
  if (isRefusal(configs)) return configs;
  const metadata = configs.map(({ deployment, document }) => {
    const { config } = deployment.body;
    return tellDocument(config.id, config.createdAt, withSignal(document, deployment, baseUrl));
  });
  const text = JSON.stringify(metadata);
  const bytes = Buffer.byteLength(text);
  if (bytes > bytesMax) return tooLarge(bytes);
  const at = await changedAt(world, tenant, serverId, deployments);
  return {
    body: { metadata },
    headers: { etag: etagOf(text), ...lastModified(at, world.clock.now()) },
  };
};

const answered = async (
  world: World,
  tenant: string,
  { params, baseUrl, headers }: CallOf<'GET /v1/{tenant_id}/software_deployments/metadata/{server_id}'>,
): Promise<Reply<Metadata> | Refusal> => {
  const told = await tellMetadata(world, tenant, params.server_id ?? '', baseUrl);
  if (isRefusal(told)) return told;
  return isUnchanged(headers, told.headers) ? unchanged(told.headers) : told;
};

type SignedCall = CallOf<'GET /v1/{tenant_id}/servers/{server_id}/metadata'>;

const wrongUrl = (): Refusal =>
  refuse('forbidden', 'This metadata URL is wrong, or a newer one has taken its place.');

/** Whose the URL is; one answer for every way in which it can be wrong. */
const letIn = async (
  world: World,
  { params, query, recognise }: SignedCall,
): Promise<Refusal | undefined> => {
  const { tenant_id: tenant = '', server_id: id = '' } = params;
  const server = await findServer(world, tenant, id);
  const signed = { purpose: 'metadata', tenant, id, expires: null } as const;
  const genuine =
    server !== undefined && isGenuine(server.body.secret, signed, query.signature ?? '', world.clock.now());
  return genuine
    ? recognise({ by: 'source', id: `metadata:${id}`, organization: tenant, asking: 'read' })
    : wrongUrl();
};

const asSigned = (call: SignedCall) => ({ ...call, query: undefined });

export const metadata: Operations<
  | 'GET /v1/{tenant_id}/software_deployments/metadata/{server_id}'
  | 'GET /v1/{tenant_id}/servers/{server_id}/metadata'
  | 'HEAD /v1/{tenant_id}/servers/{server_id}/metadata'
> = {
  'GET /v1/{tenant_id}/software_deployments/metadata/{server_id}': (world) => async (call) =>
    answered(world, call.principal.organization, call),

  'GET /v1/{tenant_id}/servers/{server_id}/metadata': (world) => async (call) =>
    (await letIn(world, call)) ?? answered(world, call.params.tenant_id ?? '', asSigned(call)),

  'HEAD /v1/{tenant_id}/servers/{server_id}/metadata': (world) => async (call) => {
    const told =
      (await letIn(world, call)) ?? (await answered(world, call.params.tenant_id ?? '', asSigned(call)));
    if (isRefusal(told)) return told;
    const type = { 'content-type': 'application/json' };
    return { status: told.status ?? 200, headers: { ...type, ...told.headers }, body: { raw: '' } };
  },
};
