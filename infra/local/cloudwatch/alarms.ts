// All alarms and their states: evaluated at a moment, and each change told.
import { PlainError } from '../plain-error.ts';
import type { AlarmState } from './alarm-state.ts';
import type { CompositeRule } from './composite-rule.ts';
import { evaluateMetricAlarm, type MetricAlarm } from './metric-alarm.ts';
import type { MetricStore } from './metric-store.ts';

export type CompositeAlarm = { readonly name: string; readonly composite: CompositeRule };

export type AlarmChange = {
  readonly alarm: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  readonly at: number;
};

export type Alarms = {
  put: (alarm: MetricAlarm | CompositeAlarm) => void;
  /** Throws where a composite speaks of an alarm that does not exist; AWS refuses that, too. */
  check: () => void;
  evaluate: (now: number) => AlarmChange[];
  stateOf: (name: string) => AlarmState;
  states: () => ReadonlyMap<string, AlarmState>;
};

const isMetric = (alarm: MetricAlarm | CompositeAlarm): alarm is MetricAlarm => 'rule' in alarm;

const rounded = (value: number | undefined): string =>
  value === undefined ? '-' : String(Math.round(value * 1000) / 1000);

const reasonOf = ({ rule, comparison, threshold }: MetricAlarm, points: readonly (number | undefined)[]) =>
  `${rule.datapointsToAlarm} of ${rule.evaluationPeriods} datapoints must be ${comparison} (${threshold}); the last ones are [${points.map(rounded).join(', ')}], and what is missing is ${rule.treatment}`;

export const createAlarms = (store: MetricStore, since: number): Alarms => {
  const all = new Map<string, MetricAlarm | CompositeAlarm>();
  const states = new Map<string, AlarmState>();
  const evaluateMetric = evaluateMetricAlarm(store, since);
  const stateOf = (name: string): AlarmState => states.get(name) ?? 'INSUFFICIENT_DATA';

  const assess = (
    alarm: MetricAlarm | CompositeAlarm,
    now: number,
  ): { state: AlarmState; reason: string } => {
    if (isMetric(alarm)) {
      const { state, points } = evaluateMetric(alarm, now, stateOf(alarm.name));
      return { state, reason: reasonOf(alarm, points) };
    }
    const { alarms, holds } = alarm.composite;
    const reason = alarms.map((name) => `${name} is ${stateOf(name)}`).join(', ');
    return { state: holds(stateOf) ? 'ALARM' : 'OK', reason };
  };

  const change = (alarm: MetricAlarm | CompositeAlarm, at: number): AlarmChange[] => {
    const from = stateOf(alarm.name);
    const { state: to, reason } = assess(alarm, at);
    if (from === to) return [];
    states.set(alarm.name, to);
    return [{ alarm: alarm.name, from, to, reason, at }];
  };

  /** Composites may stand on composites: as many rounds as there are, at most. */
  const settleComposites = (now: number): AlarmChange[] => {
    const composites = [...all.values()].filter((alarm) => !isMetric(alarm));
    const changes: AlarmChange[] = [];
    for (let round = 0; round < composites.length; round += 1) {
      const changed = composites.flatMap((alarm) => change(alarm, now));
      if (changed.length === 0) break;
      changes.push(...changed);
    }
    return changes;
  };

  return {
    put: (alarm) => {
      if (all.has(alarm.name)) throw new PlainError(`there are two alarms named ${alarm.name}`);
      all.set(alarm.name, alarm);
    },
    check: () => {
      for (const alarm of all.values()) {
        const missing = isMetric(alarm) ? undefined : alarm.composite.alarms.find((name) => !all.has(name));
        if (missing !== undefined)
          throw new PlainError(`the alarm ${alarm.name} speaks of ${missing}, which does not exist`);
      }
    },
    evaluate: (now) => [
      ...[...all.values()].filter(isMetric).flatMap((alarm) => change(alarm, now)),
      ...settleComposites(now),
    ],
    stateOf,
    states: () => new Map([...all.keys()].map((name) => [name, stateOf(name)])),
  };
};
