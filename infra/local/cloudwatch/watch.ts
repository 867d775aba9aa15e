// CloudWatch as the local cloud has it: numbers come in, alarms look at them, and whoever wants to hear of a change is told.

import type { AlarmState } from './alarm-state.ts';
import { type AlarmChange, type Alarms, type CompositeAlarm, createAlarms } from './alarms.ts';
import { metricsIn } from './emf.ts';
import type { Measure } from './metric.ts';
import type { MetricAlarm } from './metric-alarm.ts';
import { metricStore } from './metric-store.ts';

export type Announced = {
  readonly description: string;
  /** ARNs of whom to tell of a state. */
  readonly tells: Readonly<Record<AlarmState, readonly string[]>>;
};

export type Watch = {
  measure: Measure;
  /** A line that a function has printed. */
  read: (line: string) => void;
  put: (alarm: MetricAlarm | CompositeAlarm, announced: Announced) => void;
  check: () => void;
  /** For what is not an event but a state: measured each time that somebody looks. */
  sample: (act: () => void) => void;
  /** Measures what is to be measured now. */
  takeSamples: () => void;
  evaluate: () => AlarmChange[];
  states: Alarms['states'];
  stateOf: Alarms['stateOf'];
  /** Returns what ends it. */
  onChange: (hear: (change: AlarmChange, announced: Announced) => void) => () => void;
};

const untold: Announced = { description: '', tells: { OK: [], ALARM: [], INSUFFICIENT_DATA: [] } };

export const createWatch = (now: () => number): Watch => {
  const store = metricStore();
  const alarms = createAlarms(store, now());
  const announcements = new Map<string, Announced>();
  const samples: (() => void)[] = [];
  const listeners = new Set<(change: AlarmChange, announced: Announced) => void>();

  return {
    measure: (namespace, dimensions, values) => {
      for (const [name, value] of Object.entries(values))
        store.put({ namespace, name, dimensions }, [value], now());
    },
    // In the minute in which it was printed: a line comes here at once, whatever its own time says.
    read: (line) => {
      for (const { metric, values, resolutionMs } of metricsIn(line))
        store.put(metric, values, now(), resolutionMs);
    },
    put: (alarm, announced) => {
      alarms.put(alarm);
      announcements.set(alarm.name, announced);
    },
    check: alarms.check,
    sample: (act) => void samples.push(act),
    takeSamples: () => {
      for (const act of samples) act();
    },
    evaluate: () => {
      const changes = alarms.evaluate(now());
      for (const change of changes) {
        for (const hear of listeners) hear(change, announcements.get(change.alarm) ?? untold);
      }
      return changes;
    },
    states: alarms.states,
    stateOf: alarms.stateOf,
    onChange: (hear) => {
      listeners.add(hear);
      return () => void listeners.delete(hear);
    },
  };
};
