// Starts AWS's own DynamoDB Local, a Java program, and makes sure that it ends with us.
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Child, type ChildOptions, startChild } from '../child.ts';
import { PlainError } from '../plain-error.ts';
import { freePort, loopback } from '../ports.ts';
import { type Java, javaFor, mainClass } from './java.ts';

export type DynamoDbLocal = { endpoint: string; close: () => Promise<void> };

const startMsMax = 30_000;

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
  if (command.includes(mainClass) && command.includes(dataDir)) process.kill(pid, 'SIGKILL');
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

type Start = {
  readonly java: Java;
  readonly port: number;
  /** Where its items are, in its own words. */
  readonly keeping: readonly string[];
  readonly logFile: string;
  readonly child?: ChildOptions;
};

const start = async ({ java, port, keeping, logFile, child: options }: Start): Promise<DynamoDbLocal> => {
  const itsOptions = [...keeping, '-port', String(port), '-disableTelemetry'];
  const child = startChild('java', [...java.options, mainClass, ...itsOptions], {
    ...options,
    output: openSync(logFile, 'a'),
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
      await child.stop('SIGTERM', java.endMsMax);
      if ((await child.exited) !== null) java.keepArchive();
    },
  };
};

/** On the state directory. */
export const startDynamoDbLocal = async (options: {
  dataDir: string;
  logFile: string;
}): Promise<DynamoDbLocal> => {
  const { dataDir, logFile } = options;
  const pidFile = join(dataDir, 'java.pid');
  mkdirSync(dataDir, { recursive: true });
  endStale(pidFile, dataDir);
  const port = await freePort();
  const java = javaFor(`${process.pid}-${port}`);
  const local = await start({ java, port, keeping: ['-dbPath', dataDir], logFile, child: { pidFile } });
  return {
    ...local,
    close: async () => {
      await local.close();
      rmSync(pidFile, { force: true });
    },
  };
};

/** Without a disk: what it holds ends with it. */
export const startDynamoDbInMemory = async (options: { logFile: string }): Promise<DynamoDbLocal> => {
  const port = await freePort();
  return start({ ...options, java: javaFor(`${process.pid}-${port}`), port, keeping: ['-inMemory'] });
};

/** One that only starts and ends, so that all later ones find the archive of its classes. */
export const leaveArchive = async (options: { logFile: string }): Promise<void> => {
  const { leavesArchive } = javaFor(`${process.pid}-archive`);
  if (!leavesArchive) return;
  const local = await startDynamoDbInMemory(options);
  await local.close();
};
