// The one table of drills: each alarm has one, or this does not compile.
import type { AlarmName } from '#infra/constructs/alarms';
import { doorErrors, doorLatency, usersAreHurt } from './door.ts';
import type { Drill } from './drill.ts';
import { deploymentsFailing, sweeperStopped } from './outcomes.ts';
import { deploymentsOverdue, throttled } from './table.ts';
import { deadLetters, reportsLate, rulesFailing, transitionsLate, workersThrottled } from './work.ts';

export const drills: Readonly<Record<AlarmName | 'users-are-hurt', Drill>> = {
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
