// The door in front of the table: who gets through, under which key, and how somebody else may answer in the table's place.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, it, onTestFinished } from 'vitest';
import { startDynamoDbDoor } from '#infra/local/dynamodb/door';
import { createAccess } from '#infra/local/iam/access';
import { policyDocument } from '#infra/local/iam/document';

const administrator = { accessKeyId: 'LOCALADMIN', secretAccessKey: 'secret' };
const place = { partition: 'aws', region: 'us-east-1', accountId: '000000000000' };
const role = 'arn:aws:iam::000000000000:role/reader';

/** In place of DynamoDB Local: it says what it was asked. */
const givenTable = async () => {
  const asked: Array<{ headers: IncomingHttpHeaders; body: string }> = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    asked.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end('{"Item":{"pk":{"S":"from the table"}}}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

const givenDoor = async () => {
  const table = await givenTable();
  const said: string[] = [];
  const access = createAccess({ administrator, logOf: (name) => (line) => said.push(`${name}: ${line}`) });
  const { Statement } = policyDocument.parse({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' }],
  });
  access.enforce({
    roles: new Map([[role, { name: 'reader', statements: Statement, trust: [] }]]),
    roleOfFunction: new Map([['reader', role]]),
    ofResource: new Map(),
  });
  const { accessKeyId } = administrator;
  const door = await startDynamoDbDoor({ endpoint: table.endpoint, access, place, accessKeyId });
  onTestFinished(() => door.close());
  const clientWith = (credentials: typeof administrator) =>
    new DynamoDBClient({ region: place.region, endpoint: door.endpoint, credentials, maxAttempts: 1 });
  return { ...table, door, said, clientWith, reader: clientWith(access.identityOf('reader')) };
};

const get = new GetItemCommand({ TableName: 'things', Key: { pk: { S: 'x' } } });

it('what a function may ask for goes on under the one key that the table knows', async () => {
  const { reader, asked } = await givenDoor();

  expect((await reader.send(get)).Item).toEqual({ pk: { S: 'from the table' } });
  expect(asked.map(({ headers }) => headers.authorization)).toEqual([
    expect.stringContaining('Credential=LOCALADMIN/'),
  ]);
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ TableName: 'things', Key: { pk: { S: 'x' } } });
});

it('what it may not ask for never reaches the table, and the log of the function says why', async () => {
  const { reader, asked, said } = await givenDoor();

  await expect(reader.send(new ScanCommand({ TableName: 'things' }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('reader may not dynamodb:Scan on'),
  });
  expect(asked).toEqual([]);
  expect(said).toEqual([expect.stringMatching(/^reader: AccessDenied: reader may not dynamodb:Scan on /)]);
});

it('a key of nobody gets nowhere', async () => {
  const { clientWith, asked } = await givenDoor();

  const stranger = clientWith({ accessKeyId: 'STRANGER', secretAccessKey: 'x' });

  await expect(stranger.send(get)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  expect(asked).toEqual([]);
});

it('somebody else answers until he is taken away, and only what was allowed', async () => {
  const { reader, clientWith, door, asked } = await givenDoor();
  const seen: string[] = [];
  const stop = door.answerInstead(({ operation, body }) => {
    seen.push(`${operation} ${body().TableName}`);
    const __type = 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException';
    return operation === 'GetItem' ? { status: 400, body: { __type, message: 'too much' } } : undefined;
  });

  await expect(reader.send(get)).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
  await expect(reader.send(new ScanCommand({ TableName: 'things' }))).rejects.toThrow('may not');
  await clientWith(administrator).send(new ScanCommand({ TableName: 'things' }));
  stop();
  await reader.send(get);

  expect(seen).toEqual(['GetItem things', 'Scan things']);
  expect(asked).toHaveLength(2);
});

it('whoever is taken away twice takes nobody with him', async () => {
  const { reader, door, asked } = await givenDoor();
  const stop = door.answerInstead(() => undefined);
  const __type = 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException';
  door.answerInstead(() => ({ status: 400, body: { __type, message: 'too much' } }));

  stop();
  stop();

  await expect(reader.send(get)).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
  expect(asked).toEqual([]);
});

it('a table that closes idle connections is asked again on a new one', async () => {
  const { reader, server, asked } = await givenDoor();
  await reader.send(get);
  server.closeIdleConnections();

  await reader.send(get);

  expect(asked).toHaveLength(2);
});

it('a table that is gone is a broken connection, and not an answer', async () => {
  const { reader, server } = await givenDoor();
  server.close();

  await expect(reader.send(get)).rejects.toMatchObject({ code: 'ECONNRESET' });
});
