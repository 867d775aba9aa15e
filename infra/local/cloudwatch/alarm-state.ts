// Which state an alarm takes, by the rules that CloudWatch publishes for data that is there and for data that is missing.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html

export const alarmStates = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
export type AlarmState = (typeof alarmStates)[number];

export const treatments = ['breaching', 'notBreaching', 'ignore', 'missing'] as const;
export type Treatment = (typeof treatments)[number];

/** `undefined` is a period in which nothing was reported. */
export type Breach = boolean | undefined;

export type AlarmRule = {
  /** N: so many periods decide. */
  readonly evaluationPeriods: number;
  /** M: so many of them must breach. */
  readonly datapointsToAlarm: number;
  readonly treatment: Treatment;
};

/** CloudWatch looks at some more periods than decide, so that one late value does not make an alarm blink. */
export const lookedAt = ({ evaluationPeriods }: Pick<AlarmRule, 'evaluationPeriods'>): number =>
  evaluationPeriods + 2;

const count = (breaches: readonly boolean[]): number => breaches.filter(Boolean).length;

/** With nothing but breaches and gaps, the oldest breach decides: it must be old enough not to be the first of many values to come. */
const withGaps = (rule: AlarmRule, points: readonly Breach[]): AlarmState => {
  const age = points.length - points.indexOf(true);
  return age >= rule.datapointsToAlarm ? 'ALARM' : 'INSUFFICIENT_DATA';
};

type Filled = (
  rule: AlarmRule,
  there: readonly boolean[],
  points: readonly Breach[],
  current: AlarmState,
) => AlarmState;

const filledWith =
  (breach: boolean): Filled =>
  ({ evaluationPeriods, datapointsToAlarm }, there) => {
    const filled = breach ? evaluationPeriods - there.length : 0;
    return count(there) + filled >= datapointsToAlarm ? 'ALARM' : 'OK';
  };

/** Only where too few values are there to decide by them alone. */
const treated: Readonly<Record<Treatment, Filled>> = {
  breaching: filledWith(true),
  notBreaching: filledWith(false),
  ignore: ({ datapointsToAlarm }, there, _points, current) => {
    if (count(there) >= datapointsToAlarm) return 'ALARM';
    return there.includes(false) ? 'OK' : current;
  },
  missing: (rule, there, points) => {
    if (count(there) >= rule.datapointsToAlarm) return 'ALARM';
    if (there.includes(false)) return 'OK';
    return there.length === 0 ? 'INSUFFICIENT_DATA' : withGaps(rule, points);
  },
};

/** The periods of the evaluation range, the oldest first. */
export const nextState =
  (rule: AlarmRule) =>
  (points: readonly Breach[], current: AlarmState): AlarmState => {
    const there = points.filter((point) => point !== undefined);
    if (there.length < rule.evaluationPeriods) return treated[rule.treatment](rule, there, points, current);
    return count(there.slice(-rule.evaluationPeriods)) >= rule.datapointsToAlarm ? 'ALARM' : 'OK';
  };
