// The operator's command for keys as a process, with DynamoDB Local underneath.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, it } from 'vitest';
import { dynamoKeys } from '#adapters/dynamodb/api-keys';
import { dynamoAudit } from '#adapters/dynamodb/audit';
import { authenticate } from '#engine/keys';
import { freshTable } from '#test/support/dynamodb-table';
import { readAll } from './given.ts';

const script = join(import.meta.dirname, '../../functions/cli/keys.ts');

const given = async () => {
  // The command has the machine's clock.
  const table = await freshTable({ now: Date.now });
  const env = {
    ...process.env,
    TABLE_NAME: table.name,
    AWS_ENDPOINT_URL_DYNAMODB: inject('dynamodbEndpoint'),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const run = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)(process.execPath, [script, ...args, '--json'], { env });
    return JSON.parse(stdout);
  };
  const keys = dynamoKeys(table);
  const whoIs = (key: string) =>
    authenticate({ keys, clock: { now: Date.now, sleep: async () => undefined } })(key);
  const entries = () =>
    readAll(dynamoAudit(table).entriesOf('acme', { from: 0, to: Number.MAX_SAFE_INTEGER }, 'oldest first'));
  return { run, whoIs, entries };
};

it('a key is made and revoked, and the audit says that an operator did it, without the key', async () => {
  const { run, whoIs, entries } = await given();
  const { id, key } = await run('create', '--organization', 'acme', '--scope', 'devices:read');
  expect(await whoIs(key)).toEqual({ keyId: id, organization: 'acme', scopes: ['devices:read'] });
  expect(await run('revoke', id)).toEqual({ id, revoked: true });
  expect(await whoIs(key)).toBeUndefined();
  const written = await entries();
  expect(written).toMatchObject([
    { by: 'operator', route: 'POST /operator/keys', target: id, outcome: 'granted', status: 200 },
    { by: 'operator', route: 'DELETE /operator/keys/{id}', path: `/operator/keys/${id}`, target: id },
  ]);
  expect(JSON.stringify(written)).not.toContain(key);
});

it('a key that is not there is not revoked, and nothing is written', async () => {
  const { run, entries } = await given();
  await expect(run('revoke', 'api_key_0000000000000000')).rejects.toThrow('There is no key');
  expect(await entries()).toEqual([]);
});
