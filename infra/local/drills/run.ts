// Holds a drill: all is quiet, something is broken, its alarm goes off, it is mended, and all is quiet again.
import type { AlarmState } from '../cloudwatch/alarm-state.ts';
import type { Begun, Drill } from './drill.ts';
import type { Ground } from './ground.ts';

export type Held = { readonly minutesToAlarm: number; readonly minutesToQuiet: number };

/** No alarm looks back further than this, in minutes. */
const minutesMax = 40;

const minutesUntil = async (
  { control }: Ground,
  alarm: string,
  wanted: AlarmState,
  { minute }: Pick<Begun, 'minute'>,
): Promise<number> => {
  for (let minutes = 1; minutes <= minutesMax; minutes += 1) {
    await minute();
    await control.passMinute();
    if (control.watch.stateOf(alarm) === wanted) return minutes;
  }
  throw new Error(
    `${alarm} is not ${wanted} after ${minutesMax} minutes, but ${control.watch.stateOf(alarm)}`,
  );
};

const nothing = { minute: async () => {} };

export const hold = async (
  ground: Ground,
  alarm: string,
  drill: Drill,
  say: (line: string) => void,
): Promise<Held> => {
  const breakIt = await drill.prepare(ground);
  await minutesUntil(ground, alarm, 'OK', nothing);
  say(`${alarm} is OK`);

  say(`fault: ${drill.fault}`);
  const begun = await breakIt();
  // What is broken is mended whatever happens, so that the next drill finds its ground in order.
  const minutesToAlarm = await minutesUntil(ground, alarm, 'ALARM', begun).catch(async (error: unknown) => {
    await begun.repair();
    throw error;
  });
  say(`${alarm} is in ALARM, ${minutesToAlarm} min after the fault`);
  if (begun.answer !== undefined) say(await begun.answer());

  say(`repair: ${drill.repair}`);
  const repaired = await begun.repair();
  if (repaired !== undefined) say(repaired);
  const minutesToQuiet = await minutesUntil(ground, alarm, 'OK', begun);
  say(`${alarm} is OK again, ${minutesToQuiet} min after the repair`);
  return { minutesToAlarm, minutesToQuiet };
};
