// The simulated devices of the tour: the reference agent in a process of its own, over real MQTT and TLS.
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startChild } from '../child.ts';

export type Devices = {
  /** Resolves when this many of them are connected; `seen` hears of each. */
  connected: (count: number, seen?: (count: number) => void) => Promise<void>;
  stop: () => Promise<void>;
};

export type DevicesOptions = {
  name: string;
  /** Absent: one device of exactly this name. */
  count?: number;
  /** Each device has a folder of its own in here. */
  directory: string;
  /** The folder of the running local cloud, from which the agent takes addresses and key (and nothing is seen in `ps`). */
  stateDirectory: string;
  log: (line: string) => void;
  /** What else the agent is told. */
  more?: readonly string[];
};

const root = fileURLToPath(new URL('../../..', import.meta.url));

type Event = { event?: string; device?: string };

const eventIn = (line: string): Event => {
  try {
    return JSON.parse(line) as Event;
  } catch {
    return {};
  }
};

export const startDevices = ({
  name,
  count,
  directory,
  stateDirectory,
  log,
  more = [],
}: DevicesOptions): Devices => {
  const args = ['functions/cli/device.ts', '--name', name, '--dir', directory, '--json'];
  const child = startChild(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      ...args,
      ...(count === undefined ? [] : ['--count', `${count}`]),
      ...more,
    ],
    { cwd: root, env: { ...process.env, SHADOWCAST_DIR: stateDirectory } },
  );
  const online = new Set<string>();
  const complaints: string[] = [];
  let look = (): void => {};
  const hear = (line: string): void => {
    log(line);
    const { event, device } = eventIn(line);
    if (event !== 'connected' || device === undefined) return;
    online.add(device);
    look();
  };
  if (child.process.stdout !== null) createInterface({ input: child.process.stdout }).on('line', hear);
  if (child.process.stderr !== null) {
    createInterface({ input: child.process.stderr }).on('line', (line) => {
      log(line);
      complaints.push(line);
    });
  }
  const ended = child.exited.then((code): never => {
    throw new Error(`the simulated devices ended (exit code ${code}): ${complaints.join(' ')}`);
  });
  ended.catch(() => {});

  return {
    connected: (wanted, seen = () => {}) =>
      Promise.race([
        ended,
        new Promise<void>((done) => {
          look = () => {
            seen(online.size);
            if (online.size >= wanted) done();
          };
          look();
        }),
      ]),
    stop: () => child.stop(),
  };
};
