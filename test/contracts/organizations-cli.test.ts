// The operator's command: an organization is exported, limited and removed, with DynamoDB Local and our own IoT underneath.
import { join } from 'node:path';
import { DescribeCertificateCommand, IoTClient } from '@aws-sdk/client-iot';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { dynamoKeys } from '#adapters/dynamodb/api-keys';
import { dynamoAudit } from '#adapters/dynamodb/audit';
import { dynamoContents } from '#adapters/dynamodb/contents';
import { dynamoEstate } from '#adapters/dynamodb/estate';
import { dynamoQuotas } from '#adapters/dynamodb/quotas';
import type { Table } from '#adapters/dynamodb/table';
import { dynamoThings } from '#adapters/dynamodb/things';
import { iotCertificates } from '#adapters/iot/certificates';
import { createCsr, policyName, startWorld, type World } from '#test/local/iot/support';
import { type Run, runHere, runProgram } from '#test/support/command';
import { freshTable } from '#test/support/dynamodb-table';
import { aKey, aThing, digestOf, start as longAgo, readAll } from './given.ts';

const script = join(import.meta.dirname, '../../functions/cli/organizations.ts');

let iot: World;
let control: IoTClient;

beforeAll(async () => {
  iot = await startWorld(undefined, { accessKeyId: 'test' });
  control = new IoTClient({
    region: 'us-east-1',
    endpoint: iot.core.controlEndpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});
afterAll(() => iot.end());

const environmentOf = (table: Table) => ({
  TABLE_NAME: table.name,
  AWS_ENDPOINT_URL_DYNAMODB: inject('dynamodbEndpoint'),
  AWS_ENDPOINT_URL_IOT: iot.core.controlEndpoint,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

const by =
  (how: Run) =>
  (table: Table, ...args: string[]) =>
    how(script, args, environmentOf(table));
const run = by(runHere);
const start = by(runProgram);

/** Its key was revoked long ago: no door trusts it, and nobody has to wait. */
const given = async () => {
  // The command has the machine's clock.
  const table = await freshTable({ now: Date.now });
  const certificate = await iotCertificates(control, policyName).issue(
    'robot',
    (await createCsr('robot')).csr,
  );
  await dynamoKeys(table).add(aKey('k1', { revokedAt: longAgo, secretHash: 'hash-of-a-secret' }));
  await dynamoThings(table).save(aThing('robot', { certificate }));
  await dynamoContents(table).put('acme', digestOf('content'), Buffer.from('content'));
  const statusOf = async () => {
    const command = new DescribeCertificateCommand({ certificateId: certificate.id });
    return (await control.send(command)).certificateDescription?.status;
  };
  return { table, statusOf };
};

it('exports one line of JSON for each thing that there is, without secrets', async () => {
  const { table } = await given();
  const { code, stdout, stderr } = await start(table, 'export', 'acme');
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ what }) => what)).toEqual(['key', 'thing', 'content']);
  expect(stdout).not.toMatch(/hash-of-a-secret|PRIVATE|CERTIFICATE/);
});

it('removes an organization: its things stop, and nothing is left', async () => {
  const { table, statusOf } = await given();
  expect(await statusOf()).toBe('ACTIVE');
  const { code, stdout } = await run(table, 'remove', 'acme', '--yes');
  expect(code).toBe(0);
  expect(stdout).toContain('things retired: 1');
  expect(await statusOf()).toBe('INACTIVE');
  expect(await readAll(dynamoEstate(table).contentsOf('acme'))).toEqual([]);
  expect(await dynamoThings(table).load('robot')).toBeUndefined();
  expect(await dynamoKeys(table).load('k1')).toBeUndefined();
  expect(await readAll(dynamoEstate(table).organizations())).toEqual([]);
});

it('removes nothing unless it is told that this is meant', async () => {
  const { table, statusOf } = await given();
  const { code, stderr } = await start(table, 'remove', 'acme');
  expect([code, stderr]).toEqual([1, 'This cannot be undone: add --yes to remove acme.\n']);
  expect(await statusOf()).toBe('ACTIVE');
  expect(await dynamoThings(table).load('robot')).toBeDefined();
});

it('agrees on limits, and takes them back', async () => {
  const { table } = await given();
  expect((await run(table, 'limits', 'acme', '--key-reads', '50', '--writes', '7')).code).toBe(0);
  expect(await dynamoQuotas(table).agreed('acme')).toEqual({ key: { read: 50 }, organization: { write: 7 } });
  const ever = { from: 0, to: Number.MAX_SAFE_INTEGER };
  expect(await readAll(dynamoAudit(table).entriesOf('acme', ever, 'oldest first'))).toMatchObject([
    { by: 'operator', route: 'PUT /operator/limits', outcome: 'granted' },
  ]);
  expect((await run(table, 'limits', 'acme', '--reset')).code).toBe(0);
  expect(await dynamoQuotas(table).agreed('acme')).toEqual({ key: {}, organization: {} });
});

it('shows limits without changing them, and changes only those that are named', async () => {
  const { table } = await given();
  const { code, stdout } = await run(table, 'limits', 'acme');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/key-reads +500, as everybody's\n/)]);
  expect(await dynamoQuotas(table).agreed('acme')).toBeUndefined();
  await run(table, 'limits', 'acme', '--key-reads', '50');
  await run(table, 'limits', 'acme', '--writes', '7');
  expect((await run(table, 'limits', 'acme')).stdout).toMatch(
    /key-reads +50, agreed(\n.*)* writes +7, agreed\n/,
  );
  expect(await dynamoQuotas(table).agreed('acme')).toEqual({ key: { read: 50 }, organization: { write: 7 } });
  expect((await run(table, 'limits', 'acme', '--reset', '--reads', '1')).stderr).toContain('Either --reset');
});

it.each([
  ['export', ['export', 'nobody']],
  ['remove', ['remove', 'nobody', '--yes']],
  ['limits', ['limits', 'nobody']],
  ['new limits', ['limits', 'nobody', '--reads', '5']],
])('knows no organization that never had a key: %s', async (_, args) => {
  const { table } = await given();
  expect(await run(table, ...args)).toEqual({
    code: 1,
    stdout: '',
    stderr: 'There is no organization nobody.\n',
  });
  expect(await dynamoQuotas(table).agreed('nobody')).toBeUndefined();
});

it('shows how it is called to who asks for that', async () => {
  const { code, stdout, stderr } = await run({ name: 'none' } as Table, '--help');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('limits ORGANIZATION');
});

it('takes away content that nothing names, of every organization', async () => {
  const { table } = await given();
  // Put in March, and nothing names it.
  await dynamoContents({ ...table, now: () => longAgo }).put('acme', digestOf('old'), Buffer.from('old'));
  const { code, stdout } = await run(table, 'sweep');
  expect([code, stdout]).toEqual([0, 'acme: 1 of 2 contents removed, 3 bytes\n']);
  expect(await dynamoContents(table).get('acme', digestOf('content'))).toBeDefined();
});

it.each([
  ['no command', [], 'Usage:'],
  ['an unknown command', ['exprt', 'acme'], 'There is no command exprt.\n\nUsage:'],
  ['a word too many', ['export', 'acme', 'extra'], '"extra" is one word too many for export.'],
  ['an unknown option', ['export', 'acme', '--all'], 'There is no option --all.'],
  ['no organization', ['export'], 'Which organization?'],
  ['what is none', ['remove', 'ACME#', '--yes'], '"ACME#" is no name of an organization'],
  ['a limit that is no number', ['limits', 'acme', '--reads', 'many'], '--reads is a whole number'],
])('says what is wrong: %s', async (_, args, sentence) => {
  const { code, stderr } = await run({ name: 'none' } as Table, ...args);
  expect(code).toBe(1);
  expect(stderr).toContain(sentence);
});
