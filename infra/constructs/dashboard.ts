// How our house draws a dashboard: questions in the order in which somebody asks them, each with its widgets beside each other.
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  PeriodOverride,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { named, type Stage } from './stage.ts';

export interface Graph {
  readonly title: string;
  readonly metrics: readonly IMetric[];
  readonly unit: string;
  readonly stacked?: boolean;
}

export interface Question {
  readonly asks: string;
  /** What to make of the answer. */
  readonly hint: string;
  readonly graphs: readonly Graph[];
}

const wholeWidth = 24;
const graphHeight = 6;
const perRow = 3;

const graph = ({ title, metrics, unit, stacked = false }: Graph): IWidget =>
  new GraphWidget({
    title,
    left: [...metrics],
    leftYAxis: { label: unit, showUnits: false, min: 0 },
    stacked,
    width: wholeWidth / perRow,
    height: graphHeight,
  });

const heading = ({ asks, hint }: Question): IWidget =>
  new TextWidget({ markdown: `## ${asks}\n${hint}`, width: wholeWidth, height: 2 });

const rowsOf = (widgets: readonly IWidget[]): IWidget[][] =>
  Array.from({ length: Math.ceil(widgets.length / perRow) }, (_, row) =>
    widgets.slice(row * perRow, (row + 1) * perRow),
  );

const alarmsFirst = (alarms: readonly IAlarm[]): IWidget =>
  new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: wholeWidth, height: 3 });

export class HouseDashboard extends Dashboard {
  constructor(
    scope: Construct,
    id: string,
    props: { stage: Stage; alarms: readonly IAlarm[]; questions: readonly Question[] },
  ) {
    super(scope, id, {
      dashboardName: named(props.stage),
      periodOverride: PeriodOverride.AUTO,
      widgets: [
        [alarmsFirst(props.alarms)],
        ...props.questions.flatMap((question) => [
          [heading(question)],
          ...rowsOf(question.graphs.map(graph)),
        ]),
      ],
    });
  }
}
