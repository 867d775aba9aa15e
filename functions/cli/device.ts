// `npm run device`: the reference agent as a program, one device or a whole simulated fleet.
import { usage } from './device/options.ts';
import { PlainError } from './device/plain-error.ts';
import { runFleet } from './device/run.ts';
import { readSettings } from './device/settings.ts';

/** Raised by Ctrl-C, by a polite kill, and by the end of a parent that talks to us. */
const endOfWork = (): AbortSignal => {
  const ending = new AbortController();
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.once(event, () => ending.abort());
  return ending.signal;
};

const main = async (): Promise<void> => {
  const settings = readSettings(process.argv.slice(2), process.env);
  if (settings === 'help') return console.log(usage);
  const signal = endOfWork();
  await runFleet(settings, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
};

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof PlainError ? error.message : error);
    process.exit(1);
  },
);
