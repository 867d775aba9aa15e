// The table of drills: each alarm of a stage has one, or this does not compile; and one is an alarm of somebody else.
import type { AlarmName } from '#infra/constructs/alarms';
import { doorErrors, doorLatency, usersAreHurt } from './door.ts';
import type { Drill } from './drill.ts';
import { deploymentsFailing, sweeperStopped } from './outcomes.ts';
import { brokenRolloutTo, robotsFallen } from './rollout.ts';
import { deploymentsOverdue, throttled } from './table.ts';
import { deadLetters, reportsLate, rulesFailing, transitionsLate, workersThrottled } from './work.ts';

/** By what comes after the stage's name. */
export const stageDrills: Readonly<Record<AlarmName | 'users-are-hurt', Drill>> = {
  'door-errors': doorErrors,
  'door-latency': doorLatency,
  'transitions-late': transitionsLate,
  'reports-late': reportsLate,
  'dead-letters': deadLetters,
  'deployments-overdue': deploymentsOverdue,
  'deployments-failing': deploymentsFailing,
  throttled,
  'workers-throttled': workersThrottled,
  'rules-failing': rulesFailing,
  'sweeper-stopped': sweeperStopped,
  'users-are-hurt': usersAreHurt,
};

/** By CloudWatch's whole names: whoever owns a fleet has alarms of their own, and a rollout may name them. */
export const ownersDrills = (robots: number): Readonly<Record<string, Drill>> => ({
  [robotsFallen]: brokenRolloutTo(robots),
});

/** All of a stage, by the whole names of their alarms. */
export const drillsOf = (named: (name: string) => string): ReadonlyMap<string, Drill> =>
  new Map([
    ...Object.entries(stageDrills).map(([name, drill]) => [named(name), drill] as const),
    ...Object.entries(ownersDrills(40)),
  ]);
