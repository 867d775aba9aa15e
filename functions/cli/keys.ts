// `npm run keys -- create|list|revoke`: API keys, in an AWS account or on the local cloud.
import { createKey } from '#engine/keys';
import { liveStore } from '../wiring/live.ts';
import { audited } from './audited.ts';
import { act, type Commands, readArguments } from './command.ts';
import { organizationNamed } from './organization-name.ts';
import { refuseUnknownScopes } from './scopes.ts';
import { surroundings, UsageError } from './surroundings.ts';

const usage = `Usage:
  npm run keys -- create --organization acme --scope 'deployments:read' [--scope ...] [--json]
  npm run keys -- list   --organization acme [--json]
  npm run keys -- revoke KEY_ID [--json]

Without --stage the local cloud is meant, which must be running (npm start).
With --stage prod it is the AWS account of your credentials: table shadowcast-prod.
--scope '*' is every scope; one that no route asks for is refused, and those that there are are named.`;

const { values: options, positionals } = readArguments(usage, {
  organization: { type: 'string' },
  scope: { type: 'string', multiple: true },
  stage: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
});

const tableName = (): string => surroundings(options.stage).tableName;

const needOrganization = (): string => organizationNamed(options.organization, '--organization is needed.');

const needScopes = (): string[] => {
  const scopes = options.scope ?? [];
  if (scopes.length === 0)
    throw new UsageError("At least one --scope is needed; --scope '*' is every scope.");
  refuseUnknownScopes(scopes);
  return scopes;
};

const say = (answer: unknown, text: string): void =>
  console.log(options.json ? JSON.stringify(answer) : text);

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

const create = async (): Promise<void> => {
  const intent = { organization: needOrganization(), scopes: needScopes() };
  const store = liveStore(tableName());
  const done = {
    organization: intent.organization,
    route: 'POST /operator/keys',
    targetOf: (made: { readonly id: string }) => made.id,
  } as const;
  const { id, key } = await audited(store)(done, () => createKey(store)(intent));
  say({ id, key }, `${key}\n\nKey ${id} of ${intent.organization}. It is shown here and never again.`);
};

const list = async (): Promise<void> => {
  const keys = await liveStore(tableName()).keys.ofOrganization(needOrganization());
  const shown = keys.map(({ id, scopes, createdAt, revokedAt }) => ({
    id,
    scopes,
    created_at: iso(createdAt),
    revoked_at: iso(revokedAt),
  }));
  const lines = shown.map((key) => `${key.id}  ${key.revoked_at ?? 'good'}  ${key.scopes.join(' ')}`);
  say(shown, lines.join('\n') || 'No keys.');
};

const revoke = async (): Promise<void> => {
  const id = positionals[1];
  if (id === undefined) throw new UsageError('Which key? npm run keys -- revoke KEY_ID');
  const store = liveStore(tableName());
  const organization = (await store.keys.load(id))?.organization;
  if (organization === undefined) throw new UsageError(`There is no key ${id}.`);
  const done = { organization, route: 'DELETE /operator/keys/{id}', target: id } as const;
  await audited(store)(done, () => store.keys.revoke(id, store.clock.now()));
  say({ id, revoked: true }, `Key ${id} is revoked; it stops working within a minute.`);
};

const commands: Commands = {
  create: { words: 0, run: create },
  list: { words: 0, run: list },
  revoke: { words: 1, run: revoke },
};

await act({ usage, help: options.help, positionals }, commands);
