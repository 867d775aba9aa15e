// Every number that the functions tell CloudWatch: its name, unit and dimensions, and what it means. Functions emit exactly these, and
// infra draws and watches exactly these.

export const namespace = 'Shadowcast';

/** CloudWatch bills each value of each dimension as a metric of its own: all of these are short closed lists, never an id. */
export const dimensionSets = {
  ofStage: ['stage'],
  /** By the function's name, which for a door says the dialect too. */
  ofFunction: ['stage', 'function'],
} as const satisfies Record<string, readonly string[]>;
export type DimensionSet = keyof typeof dimensionSets;

/** What was done with a transition, and as what it counts. */
export const transitionMetrics = {
  written: 'TransitionWritten',
  'nothing to do': 'TransitionIdle',
  healed: 'TransitionHealed',
  'thing offline': 'TransitionOffline',
  settled: 'TransitionSettled',
  abandoned: 'TransitionAbandoned',
  'taken back': 'TransitionTakenBack',
  later: 'TransitionLater',
  'given up': 'TransitionGivenUp',
} as const;
export type TransitionOutcome = keyof typeof transitionMetrics;

export interface MetricDescription {
  /** Counts add up within a unit of work, and go without their unit into a line; of times each is kept. */
  readonly unit: 'Count' | 'Milliseconds';
  readonly dimensions: DimensionSet;
  /** A sentence for who reads the dashboard. */
  readonly means: string;
}

const transition = (means: string) => ({ unit: 'Count', dimensions: 'ofStage', means }) as const;

/** What does not happen is not emitted: read a missing value of a count as 0. What has a time is not counted besides. */
export const metrics = {
  Refusals: {
    unit: 'Count',
    dimensions: 'ofFunction',
    means: 'Requests that were refused: the caller’s to mend.',
  },
  Faults: {
    unit: 'Count',
    dimensions: 'ofFunction',
    means: 'Units of work that failed through a fault of ours, or because what we stand on was away.',
  },
  RequestLatency: {
    unit: 'Milliseconds',
    dimensions: 'ofFunction',
    means:
      'From a request’s arrival in the function to its answer, whatever that is; its samples are the requests.',
  },

  TransitionWritten: transition('Slots whose shadow was written because a message named them.'),
  TransitionIdle: transition('Slots that a message named and that wanted nothing.'),
  TransitionHealed: transition('Slots whose thing had said in its shadow what had not reached us.'),
  TransitionOffline: transition('Slots whose thing is away: its shadow keeps what it is to hear.'),
  TransitionSettled: transition('Slots that have come to rest.'),
  TransitionAbandoned: transition('Slots whose wait had lasted too long: their deployment has failed.'),
  TransitionTakenBack: transition('Slots that had waited for a person, and are looked at again.'),
  TransitionLater: transition('Slots that could not be looked at; their message comes again.'),
  TransitionGivenUp: transition('Slots whose last message failed: they wait for a person.'),
  TransitionAge: {
    unit: 'Milliseconds',
    dimensions: 'ofStage',
    means: 'From the sending of a transition’s message to its end in the worker.',
  },
  TransitionRetries: {
    unit: 'Count',
    dimensions: 'ofStage',
    means: 'Deliveries of a transition’s message after its first.',
  },

  DeploymentQueued: {
    unit: 'Count',
    dimensions: 'ofFunction',
    means: 'Deployments that somebody wants on a thing from now on.',
  },
  DeliveryTime: {
    unit: 'Milliseconds',
    dimensions: 'ofStage',
    means: 'From the wish for a deployment to the first time that its thing’s shadow holds it.',
  },
  ConfirmationTime: {
    unit: 'Milliseconds',
    dimensions: 'ofStage',
    means: 'From the wish for a deployment to its thing’s confirmation; an offline thing takes its time.',
  },
  DeploymentConfirmed: {
    unit: 'Count',
    dimensions: 'ofStage',
    means: 'Deployments that their things have confirmed.',
  },
  DeploymentFailed: {
    unit: 'Count',
    dimensions: 'ofStage',
    means: 'Deployments that have failed: on the thing, or by their deadline.',
  },

  OverdueSlots: {
    unit: 'Count',
    dimensions: 'ofStage',
    means:
      'Slots that a sweep has found overdue and sent to be looked at. One value a sweep, zeros included.',
  },
  SweepLag: {
    unit: 'Milliseconds',
    dimensions: 'ofStage',
    means: 'How long the most overdue slot of a sweep had been overdue. One value a sweep, zeros included.',
  },

  RolloutStarted: { unit: 'Count', dimensions: 'ofStage', means: 'Rollouts that have begun.' },
  RolloutSucceeded: {
    unit: 'Count',
    dimensions: 'ofStage',
    means: 'Rollouts that have reached their things.',
  },
  RolloutFailed: {
    unit: 'Count',
    dimensions: 'ofStage',
    means: 'Rollouts that have ended with too many failures.',
  },
  RolloutHalted: {
    unit: 'Count',
    dimensions: 'ofStage',
    means: 'Rollouts that were stopped on their way, by failures, an alarm or a person.',
  },

  Throttles: {
    unit: 'Count',
    dimensions: 'ofStage',
    means: 'Attempts that AWS has turned away because too much was asked of it: table, queues, shadows.',
  },

  ReadUnits: { unit: 'Count', dimensions: 'ofFunction', means: 'Read units that the table has charged.' },
  WriteUnits: { unit: 'Count', dimensions: 'ofFunction', means: 'Write units that the table has charged.' },
  QueueRequests: {
    unit: 'Count',
    dimensions: 'ofFunction',
    means: 'Requests to SQS, without those that Lambda makes to feed a worker.',
  },
  ShadowOperations: { unit: 'Count', dimensions: 'ofFunction', means: 'Reads and writes of shadows.' },
  DeviceMessages: {
    unit: 'Count',
    dimensions: 'ofFunction',
    means: 'Messages that were published to devices.',
  },
} as const satisfies Record<string, MetricDescription>;

export type MetricName = keyof typeof metrics;
