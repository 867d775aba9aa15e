// The operator's command for keys, with DynamoDB Local underneath.
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { dynamoKeys } from '#adapters/dynamodb/api-keys';
import { dynamoAudit } from '#adapters/dynamodb/audit';
import { authenticate } from '#engine/keys';
import { type Run, runHere, runProgram } from '#test/support/command';
import { freshTable } from '#test/support/dynamodb-table';
import { readAll } from './given.ts';

const script = join(import.meta.dirname, '../../functions/cli/keys.ts');

const given = async () => {
  // The command has the machine's clock.
  const table = await freshTable({ now: Date.now });
  const env = {
    TABLE_NAME: table.name,
    AWS_ENDPOINT_URL_DYNAMODB: inject('dynamodbEndpoint'),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const by =
    (how: Run) =>
    (...args: string[]) =>
      how(script, [...args, '--json'], env);
  const run = by(runHere);
  const start = by(runProgram);
  const keys = dynamoKeys(table);
  const whoIs = (key: string) =>
    authenticate({ keys, clock: { now: Date.now, sleep: async () => undefined } })(key);
  const entries = () =>
    readAll(dynamoAudit(table).entriesOf('acme', { from: 0, to: Number.MAX_SAFE_INTEGER }, 'oldest first'));
  return { run, start, whoIs, entries };
};

it('a key is made and revoked, and the audit says that an operator did it, without the key', async () => {
  const { run, start, whoIs, entries } = await given();
  const created = await start('create', '--organization', 'acme', '--scope', 'devices:read');
  expect([created.code, created.stderr]).toEqual([0, '']);
  const { id, key } = JSON.parse(created.stdout);
  expect(await whoIs(key)).toEqual({ keyId: id, organization: 'acme', scopes: ['devices:read'] });
  expect(JSON.parse((await run('revoke', id)).stdout)).toEqual({ id, revoked: true });
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
  const { code, stdout, stderr } = await run('revoke', 'api_key_0000000000000000');
  expect([code, stdout, stderr]).toEqual([1, '', 'There is no key api_key_0000000000000000.\n']);
  expect(await entries()).toEqual([]);
});

it.each([
  ['an unknown command', ['creat'], 'There is no command creat.\n\nUsage:'],
  ['a word too many', ['list', 'acme'], '"acme" is one word too many for list.'],
  ['an unknown option', ['list', '--bogus'], 'There is no option --bogus.'],
  ['no organization', ['list'], '--organization is needed.'],
  ['a name that is too short', ['create', '--organization', 'x'], 'it has at least 2 characters'],
  [
    'a scope that no route asks for',
    ['create', '--organization', 'acme', '--scope', 'deployments:reed'],
    'No route asks for deployments:reed.',
  ],
])('says what is wrong: %s', async (_, args, sentence) => {
  const { code, stdout, stderr } = await runHere(script, args, { TABLE_NAME: 'none' });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(sentence);
});

it('shows how it is called to who asks for that', async () => {
  const { code, stdout, stderr } = await runHere(script, ['--help'], { TABLE_NAME: 'none' });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('npm run keys -- create');
});
