// What operators are told: every alarm has its page, and nothing is drawn or watched that nobody emits.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { HouseQueue } from '#infra/constructs/queue';
import { named, stageNamed } from '#infra/constructs/stage';
import { inventoryOf } from '#infra/constructs/stage-inventory';
import { environments } from '#operations/environment';
import { dimensionSets, type MetricName, metrics, namespace, transitionMetrics } from '#operations/metrics';
import { all, appOf, type Resource, resourcesOf } from './synthesized.ts';

const root = join(import.meta.dirname, '../..');
const runbooks = join(root, 'docs/runbooks');

const alarms = all('AWS::CloudWatch::Alarm');
const composites = all('AWS::CloudWatch::CompositeAlarm');
const everyAlarm = [...composites, ...alarms];
const nameOf = ({ Properties }: Resource): string => Properties.AlarmName.replace('shadowcast-dev-', '');

/** What stands in a stack that is not known before it is deployed is marked, so that the rest can be read. */
const flat = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const [separator, parts] = Object(value)['Fn::Join'] ?? ['', [`<${JSON.stringify(value)}>`]];
  return parts.map((part: unknown) => (typeof part === 'string' ? part : '<token>')).join(separator);
};

interface Watched {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

const inAlarm = ({ Properties }: Resource): Watched[] =>
  [Properties, ...(Properties.Metrics ?? []).map((each: Resource) => each.MetricStat?.Metric)].flatMap(
    (each) =>
      each?.MetricName === undefined
        ? []
        : {
            namespace: each.Namespace,
            metric: each.MetricName,
            dimensions: Object.fromEntries(
              (each.Dimensions ?? []).map(({ Name, Value }: Resource) => [Name, flat(Value)]),
            ),
          },
  );

const [dashboard] = all('AWS::CloudWatch::Dashboard');
const { widgets } = JSON.parse(flat(dashboard?.Properties.DashboardBody));

/** `[namespace, metric, dimension, value, ..., options]` */
const inRow = (row: readonly unknown[]): Watched[] => {
  const [space, metric, ...rest] = row.filter((part) => typeof part === 'string') as string[];
  const pairs = Array.from({ length: rest.length / 2 }, (_, at) => [rest[2 * at], rest[2 * at + 1]]);
  return space === undefined || metric === undefined
    ? []
    : [{ namespace: space, metric, dimensions: Object.fromEntries(pairs) }];
};
const drawn: Watched[] = widgets.flatMap(({ properties }: Resource) =>
  (properties.metrics ?? []).flatMap(inRow),
);
const watched = alarms.flatMap(inAlarm);
const used = [...drawn, ...watched];

describe('every alarm', () => {
  test('has a page, and every page an alarm', () => {
    const pages = readdirSync(runbooks).filter((file) => file !== 'README.md');
    expect(everyAlarm.map((alarm) => `${nameOf(alarm)}.md`).sort()).toEqual(pages.sort());
  });

  test.each(everyAlarm.map((alarm) => [nameOf(alarm), alarm] as const))(
    '%s says who is hurt and where its page is, and tells operators that it is on and that it is over',
    (name, { Properties, Metadata }) => {
      expect(Metadata?.ErrorImpact).toMatch(/^[A-Z].{20,200}\.$/);
      expect(Properties.AlarmDescription).toBe(`${Metadata?.ErrorImpact} Runbook: docs/runbooks/${name}.md`);
      const topics = Object.keys(resourcesOf('AWS::SNS::Topic')).map((Ref) => ({ Ref }));
      expect(topics).toHaveLength(1);
      expect(Properties.AlarmActions).toEqual(topics);
      expect(Properties.OKActions).toEqual(topics);
    },
  );

  test.each(everyAlarm.map(nameOf))(
    '%s has a page that says what it means, how to see it, and what to do',
    (name) => {
      const page = readFileSync(join(runbooks, `${name}.md`), 'utf8');
      expect([...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual([
        'What it means',
        'How to confirm it',
        'How to repair it',
      ]);
    },
  );

  test('stands in the index with the sentence that it sends', () => {
    const index = readFileSync(join(runbooks, 'README.md'), 'utf8');
    const rows = [...index.matchAll(/^\| \[(.+)\]\(\1\.md\) \| (.+) \|$/gm)].map(([, ...row]) => row);
    expect(rows).toEqual(everyAlarm.map((alarm) => [nameOf(alarm), alarm.Metadata?.ErrorImpact]));
  });

  test('fits into what CloudWatch takes: ten metrics', () => {
    for (const alarm of alarms) expect(inAlarm(alarm).length).toBeLessThanOrEqual(10);
  });
});

describe('every command of a page', () => {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const pages = readdirSync(runbooks).map((file) => read(`docs/runbooks/${file}`));
  const commands = pages.flatMap((page) => [...page.matchAll(/npm run ([a-z]+) -- ((?:[a-z]+ ?)+)/g)]);

  test('is one that there is', () => {
    const { scripts } = JSON.parse(read('package.json'));
    expect(commands.length).toBeGreaterThan(5);
    for (const [, script = '', words = ''] of commands) {
      expect(Object.keys(scripts)).toContain(script);
      const [first = '', second] = words.trim().split(' ');
      const usage = read(`functions/cli/${script}.ts`).split('`;')[0] ?? '';
      const line = usage.split('\n').find((each) => new RegExp(`-- (\\w+\\|)*${first}\\b`).test(each));
      expect(line, words).toBeDefined();
      if (second !== undefined)
        expect(usage, words).toMatch(new RegExp(`-- ${first} (\\w+\\|)*${second}\\b`));
    }
  });

  test('of AWS names what there is: queues, functions, log groups', () => {
    const named = pages.flatMap((page) => [...page.matchAll(/shadowcast-\$STAGE-([a-z-]*[a-z])/g)]);
    const known = [
      ...all('AWS::SQS::Queue').map(({ Properties }) => Properties.QueueName),
      ...all('AWS::Lambda::Function').map(({ Properties }) => Properties.FunctionName),
      ...all('AWS::SNS::Topic').map(({ Properties }) => Properties.TopicName),
      ...Object.keys(appOf('dev').stacks).map((stack) => `shadowcast-dev-${stack}`),
      // The prefix of the doors' log groups, and the gateway's own.
      'shadowcast-dev-api',
    ];
    for (const [, name] of named) expect(known).toContain(`shadowcast-dev-${name}`);
  });
});

describe('the alarm for all that users feel', () => {
  test('has a name that a rollout can be told', () => {
    expect(composites.map(({ Properties }) => Properties.AlarmName)).toEqual([
      'shadowcast-dev-users-are-hurt',
    ]);
  });

  test('is made of what hurts, and not of what only might', () => {
    const ids = Object.entries(resourcesOf('AWS::CloudWatch::Alarm'));
    const rule = JSON.stringify(composites[0]?.Properties.AlarmRule);
    const within = ids.filter(([id]) => rule.includes(id)).map(([, alarm]) => nameOf(alarm));
    expect(within.sort()).toEqual([
      'deployments-failing',
      'deployments-overdue',
      'door-errors',
      'door-latency',
      'reports-late',
      'sweeper-stopped',
      'transitions-late',
    ]);
  });
});

describe('the silence', () => {
  test('of the sweeper is an alarm, and no other silence is', () => {
    const loud = alarms.filter(({ Properties }) => Properties.TreatMissingData !== 'notBreaching');
    expect(loud.map(nameOf)).toEqual(['sweeper-stopped']);
    expect(loud[0]?.Properties.TreatMissingData).toBe('breaching');
  });

  test('is none on a new stage: the schedule is there some minutes before the alarm, behind two stacks that are made between them', () => {
    const { stacks } = appOf('dev');
    App.of(stacks.operations)?.synth();
    const foundationsOf = (stack: Stack): readonly Stack[] => stack.dependencies;
    expect(foundationsOf(stacks.operations)).toEqual(expect.arrayContaining([stacks.door, stacks.devices]));
    for (const between of foundationsOf(stacks.operations))
      expect(foundationsOf(between)).toContain(stacks.workers);
    const scheduled = Template.fromStack(stacks.workers).findResources('AWS::Scheduler::Schedule');
    expect(Object.keys(scheduled)).not.toEqual([]);
  });
});

describe('every metric of ours', () => {
  const code = readdirSync(join(root, 'functions'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(root, 'functions', file), 'utf8'))
    .join('\n');
  const own = used.filter((each) => each.namespace === namespace);

  test('that is looked at is in the table, with its dimensions', () => {
    expect(own.length).toBeGreaterThan(0);
    for (const { metric, dimensions } of own) {
      expect(Object.keys(metrics)).toContain(metric);
      const { dimensions: set } = metrics[metric as MetricName];
      expect(Object.keys(dimensions).sort()).toEqual([...dimensionSets[set]].sort());
      expect(dimensions.stage).toBe('dev');
      if (dimensions.function !== undefined) expect(Object.keys(environments)).toContain(dimensions.function);
    }
  });

  test.each(Object.keys(metrics))('%s is emitted by the functions and looked at by somebody', (name) => {
    // Of transitions the functions know what was done; as what that counts is in one table.
    const word = Object.values<string>(transitionMetrics).includes(name)
      ? 'transitionMetrics\\['
      : `${name}\\b['"]? ?[:,)\\];]`;
    expect(code).toMatch(new RegExp(`\\b${word}`));
    expect(own.map(({ metric }) => metric)).toContain(name);
  });
});

describe('every metric of AWS', () => {
  const aws = used.filter((each) => each.namespace.startsWith('AWS/'));
  const names = (type: string, property: string): string[] =>
    all(type).map(({ Properties }) => Properties[property]);
  const existing: Readonly<Record<string, readonly string[]>> = {
    FunctionName: names('AWS::Lambda::Function', 'FunctionName'),
    QueueName: names('AWS::SQS::Queue', 'QueueName'),
    TableName: names('AWS::DynamoDB::Table', 'TableName'),
    LogGroupName: names('AWS::Logs::LogGroup', 'LogGroupName'),
  };

  test('is of something that is in the templates', () => {
    const literal = aws.flatMap(({ dimensions }) =>
      Object.entries(dimensions).filter(([, value]) => !value.startsWith('<')),
    );
    expect(literal.length).toBeGreaterThan(30);
    for (const [dimension, value] of literal) expect(existing[dimension], dimension).toContain(value);
  });

  test('of whose name nobody knows before is of a door or a rule', () => {
    const tokens = aws.flatMap(({ dimensions }) =>
      Object.entries(dimensions).flatMap(([dimension, value]) => (value.startsWith('<') ? dimension : [])),
    );
    expect([...new Set(tokens)].sort()).toEqual(['ApiId', 'RuleName']);
  });
});

describe('whatever waits for a person', () => {
  test('is in one alarm: all dead-letter queues, and the queue of what nobody took', () => {
    const alarm = alarms.find((each) => nameOf(each) === 'dead-letters');
    const queues = alarm === undefined ? [] : inAlarm(alarm).map(({ dimensions }) => dimensions.QueueName);
    const expected = all('AWS::SQS::Queue')
      .map(({ Properties }) => Properties.QueueName)
      .filter((name) => /-(dead-letters|failed)$/.test(name));
    expect(queues.sort()).toEqual(expected.sort());
  });

  test('is found also where it is added later', () => {
    const stage = stageNamed('dev');
    const stack = new Stack(new App(), 'later');
    const queue = new HouseQueue(stack, 'New', {
      stage,
      name: 'new',
      errorImpact: 'Nobody is hurt by a test.',
    });
    expect(inventoryOf([stack]).deadEnds).toEqual([queue]);
    expect(queue.name).toBe(named(stage, 'new'));
  });
});

describe('the topic', () => {
  const [key] = Object.values(
    Template.fromStack(appOf('dev').stacks.operations).findResources('AWS::KMS::Key'),
  ) as [Resource];
  const [topic] = all('AWS::SNS::Topic');

  test('is encrypted with a key that turns over, and that CloudWatch may use for this account alone', () => {
    expect(topic?.Properties.KmsMasterKeyId).toBeDefined();
    expect(key.Properties.EnableKeyRotation).toBe(true);
    expect(key.Properties.KeyPolicy.Statement).toContainEqual(
      expect.objectContaining({
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': expect.anything() } },
      }),
    );
  });

  test('takes alarms of this account, and nothing without TLS', () => {
    const statements = all('AWS::SNS::TopicPolicy').flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
    expect(statements.map(({ Effect, Action, Principal }) => [Effect, Action, Principal])).toEqual([
      ['Deny', 'sns:Publish', '*'],
      ['Allow', 'sns:Publish', { Service: 'cloudwatch.amazonaws.com' }],
    ]);
  });
});

describe('the dashboard', () => {
  test('answers four questions in the order in which they are asked', () => {
    const headings = widgets
      .filter(({ type }: Resource) => type === 'text')
      .map(({ properties }: Resource) => /^## (.+)$/m.exec(properties.markdown)?.[1]);
    expect(headings).toEqual(['Is it working?', 'How fast is it?', 'What is stuck?', 'What does it cost?']);
  });

  test('begins with the alarms, all of them', () => {
    expect(widgets[0].type).toBe('alarm');
    expect(widgets[0].properties.alarms).toHaveLength(everyAlarm.length);
  });

  test('draws nothing over something else', () => {
    const places = new Set(widgets.map(({ x, y }: { x: number; y: number }) => `${x}/${y}`));
    expect(places.size).toBe(widgets.length);
  });
});
