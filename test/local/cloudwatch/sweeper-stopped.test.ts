// The one alarm for which silence is wrong, on a new stage and on an old one: CloudWatch looks at what was measured before an alarm was made.
import { describe, expect, it } from 'vitest';
import { alarmProperties, metricAlarmOf } from '#infra/local/cloudwatch/alarm-properties';
import type { AlarmState } from '#infra/local/cloudwatch/alarm-state';
import { createAlarms } from '#infra/local/cloudwatch/alarms';
import { metricStore } from '#infra/local/cloudwatch/metric-store';
import { all } from '../../infra/synthesized.ts';

const minuteMs = 60_000;
const name = 'shadowcast-dev-sweeper-stopped';

const alarm = () => {
  const declared = all('AWS::CloudWatch::Alarm').find(({ Properties }) => Properties.AlarmName === name);
  const { AlarmActions, OKActions, ...properties } = declared?.Properties ?? {};
  return metricAlarmOf(name, alarmProperties.parse(properties));
};

interface Life {
  /** In minutes, as the others: the alarm is made at 0. */
  readonly firstSweep: number;
  readonly lastSweep: number;
  /** After how long a number can be seen. */
  readonly late: number;
}

/** The alarm's states by the minute, from when it is made. */
const statesOf = ({ firstSweep, lastSweep, late }: Life, minutes: number): AlarmState[] => {
  const born = 1000;
  const store = metricStore();
  const watched = alarm();
  const [query] = watched.queries;
  if (query === undefined || !('metric' in query)) throw new Error('It watches no metric.');
  const alarms = createAlarms(store, 0);
  const see = (minute: number): void => {
    if (minute < firstSweep || minute > lastSweep) return;
    store.put(query.metric, [3], (born + minute) * minuteMs);
  };
  for (let minute = firstSweep; minute < -late; minute += 1) see(minute);
  alarms.put(watched);
  return Array.from({ length: minutes }, (_, minute) => {
    see(minute - late);
    alarms.evaluate((born + minute) * minuteMs);
    return alarms.stateOf(name);
  });
};

const goesOn = Number.POSITIVE_INFINITY;

describe('the alarm that the sweeper has stopped', () => {
  it.each([
    { firstSweep: -2, late: 0 },
    { firstSweep: -3, late: 1 },
    { firstSweep: -4, late: 2 },
    { firstSweep: -60, late: 2 },
  ])('is silent on a stage whose first sweep was at minute $firstSweep, seen $late min later', (life) => {
    expect(new Set(statesOf({ ...life, lastSweep: goesOn }, 30))).toEqual(new Set(['OK']));
  });

  it.each([0, 1, 2])(
    'goes off when there are no more sweeps, within eight minutes, if numbers are seen %i min late',
    (late) => {
      const states = statesOf({ firstSweep: -60, lastSweep: 10, late }, 40);
      const rang = states.indexOf('ALARM');
      expect(rang).toBeGreaterThanOrEqual(10 + 5);
      expect(rang).toBeLessThanOrEqual(10 + 8 + late);
      expect(new Set(states.slice(rang))).toEqual(new Set(['ALARM']));
    },
  );

  it('goes off at once on a stage where nothing was ever swept: its schedule was there before', () => {
    expect(statesOf({ firstSweep: goesOn, lastSweep: goesOn, late: 0 }, 3)).toEqual([
      'ALARM',
      'ALARM',
      'ALARM',
    ]);
  });
});
