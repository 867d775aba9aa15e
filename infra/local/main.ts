// npm start: boots the local cloud, says where it is, plays the tour, and keeps running until it is told to stop.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalCloud, startLocalCloud } from './cloud.ts';
import { logFiles } from './log-files.ts';
import { startOptions } from './options.ts';
import { PlainError } from './plain-error.ts';
import { type Progress, startProgress } from './progress.ts';
import { localFile, stateDirectory, writeSecret } from './state.ts';
import { tour } from './tour.ts';
import { keepWatch } from './watchman.ts';

const closeMsMax = 10_000;

/** Resolves with a signal, or when the bootstrap that started us is gone (someone killed it, and it could not tell us). */
const toldToStop = (): Promise<string> =>
  new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => done(signal));
    const bootstrap = Number(process.env.SHADOWCAST_BOOTSTRAP);
    if (process.ppid !== bootstrap) return;
    setInterval(() => {
      if (process.ppid !== bootstrap) done('the end of its parent');
    }, 500).unref();
  });

/** Whoever reads it may take it that everything is ready. */
const publish = (file: string, { config }: LocalCloud): void => {
  writeSecret(file, `${JSON.stringify(config, null, 2)}\n`);
  process.on('exit', () => rmSync(file, { force: true }));
};

const introduce = ({ config }: LocalCloud, file: string, progress: Progress): void => {
  progress.say(`ready: ${config.url}, devices on ${config.mqtt.host}:${config.mqtt.port}`);
  progress.say(`the API key and all endpoints are in ${file}`);
};

type Played = { stop: () => Promise<void> };

/** Its devices go on after it has ended, so that there is somebody to deploy to. */
const playTour = (cloud: LocalCloud, stateDirectory: string, devices: number, progress: Progress): Played => {
  const ends: Array<() => Promise<void>> = [];
  let stopping = false;
  const options = {
    devices,
    directory: join(stateDirectory, 'devices'),
    stateDirectory,
    say: progress.say,
    log: logFiles(join(stateDirectory, 'logs'))('devices'),
    onEnd: (act: () => Promise<void>) => ends.push(act),
  };
  tour(cloud, options).then(
    () => progress.say('the tour is over and the cloud stays up; Ctrl-C stops it'),
    (error: unknown) => {
      if (stopping) return;
      process.exitCode = 1;
      progress.say(`the tour ends here: ${error instanceof Error ? error.message : String(error)}`);
    },
  );
  return {
    stop: async () => {
      stopping = true;
      await Promise.all(ends.map((end) => end()));
    },
  };
};

const close = async (cloud: LocalCloud, played: Played | undefined): Promise<void> => {
  // A part that does not end in time ends with us: its watchdog sees to that.
  setTimeout(() => process.exit(1), closeMsMax).unref();
  await played?.stop();
  await cloud.close();
};

const main = async (): Promise<void> => {
  const { port, mqttPort, fresh, devices, tour: withTour } = startOptions(process.argv.slice(2));
  const stop = toldToStop();
  const directory = stateDirectory();
  const file = join(directory, localFile);
  const progress = startProgress(console.log);
  const cloud = await Promise.race([
    startLocalCloud({ directory, progress, port, mqttPort, fresh }),
    stop.then(() => undefined),
  ]);
  // Stopped while it was starting: what has started ends with us.
  if (cloud === undefined) process.exit();
  publish(file, cloud);
  introduce(cloud, file, progress);
  const watchman = keepWatch(cloud.control, progress.say);
  const played = withTour ? playTour(cloud, directory, devices, progress) : undefined;
  progress.say(`stopping because of ${await stop}`);
  watchman.stop();
  await close(cloud, played);
  process.exit();
};

try {
  await main();
} catch (error) {
  if (!(error instanceof PlainError)) throw error;
  console.error(error.message);
  process.exit(1);
}
