// How our house builds an alarm: named so that others can name it, with a sentence about who is hurt and a page that says what to do.
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type ErrorImpact, saysWhoIsHurt } from './error-impact.ts';
import { named, type Stage } from './stage.ts';

export type AlarmRow = ErrorImpact & {
  readonly metric: IMetric;
  /** Out of `of` minutes at least `minutes` must be wrong. */
  readonly minutes: number;
  readonly of: number;
  /** What is silent: `fine`, where nothing happens without somebody asking; `wrong`, where something must happen each minute. */
  readonly silence: 'fine' | 'wrong';
  /** Somebody outside notices: these are what the composite alarm is made of. */
  readonly hurts: boolean;
} & ({ readonly above: number } | { readonly below: number });

const silences = { fine: TreatMissingData.NOT_BREACHING, wrong: TreatMissingData.BREACHING } as const;

const limitOf = (row: AlarmRow) =>
  'above' in row
    ? { threshold: row.above, comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD }
    : { threshold: row.below, comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD };

export const runbookOf = (name: string): string => `docs/runbooks/${name}.md`;

/** Whoever is woken has this and nothing else in hand. */
export const descriptionOf = (name: string, errorImpact: string): string =>
  `${errorImpact} Runbook: ${runbookOf(name)}`;

const idOf = (name: string): string =>
  name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

export class HouseAlarm extends Alarm {
  constructor(
    scope: Construct,
    { stage, name, row, tells }: { stage: Stage; name: string; row: AlarmRow; tells: ITopic },
  ) {
    super(scope, idOf(name), {
      alarmName: named(stage, name),
      alarmDescription: descriptionOf(name, row.errorImpact),
      metric: row.metric,
      evaluationPeriods: row.of,
      datapointsToAlarm: row.minutes,
      treatMissingData: silences[row.silence],
      ...limitOf(row),
    });
    this.addAlarmAction(new SnsAction(tells));
    this.addOkAction(new SnsAction(tells));
    saysWhoIsHurt(this, row);
  }
}
