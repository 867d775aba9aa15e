// Section: what one deployment consumes, from its creation to its confirmation, and what that costs.
import { heat } from '../lives/heat.ts';
import { humanitec } from '../lives/humanitec.ts';
import { miru } from '../lives/miru.ts';
import { madeMax } from '../lives/prepare.ts';
import { dollars, shown, tableOf } from '../markdown.ts';
import type { Section } from '../section.ts';
import { aims, dollarsFor, dollarsOf, floor, lean } from './bill.ts';
import { type MeteredCloud, startMeteredCloud } from './cloud.ts';
import { estimates } from './handlers.ts';
import { type Counted, countFleets, countLives } from './measure.ts';
import { purposeOf } from './purposes.ts';
import { type Saving, savings } from './savings.ts';
import { type Meter, meters, type Totals } from './tally.ts';

export const lives = [miru, heat, humanitec];

/** What `--json` prints of each life. */
export const summaryOf = (totals: Totals) => ({
  writeUnits: totals.writeUnits,
  readUnits: totals.readUnits,
  sqsRequests: totals.sqsRequests,
  shadowOperations: totals.shadowOperations,
  shadowKb: totals.shadowKb,
  mqttMessages: totals.mqttMessages,
  lambdaInvocations: totals.lambdaInvocations,
  logBytes: totals.logBytes,
  dollarsPerMillion: Number(dollarsOf(totals).toFixed(2)),
});

const titles: Readonly<Record<Meter, string>> = {
  httpRequests: 'HTTP requests',
  lambdaInvocations: 'Lambda invocations',
  writeUnits: 'write units',
  readUnits: 'read units',
  transactions: 'transactions',
  sqsRequests: 'SQS requests',
  shadowOperations: 'shadow operations',
  shadowKb: 'shadow KB',
  mqttMessages: 'MQTT messages',
  ruleEvaluations: 'rule evaluations',
  ruleActions: 'rule actions',
  logBytes: 'log bytes',
  roundTrips: 'round trips (not billed)',
  gbSeconds: 'GB-seconds (estimated)',
};

/** Where messages on shadow topics are not metered: only what goes over topics of our own is left. */
const unmetered = ({ totals, lines }: Counted): number =>
  dollarsOf(totals) -
  lines
    .filter(({ meter, item }) => meter === 'mqttMessages' && item.startsWith('shadow'))
    .reduce((sum, { amount }) => sum + dollarsFor('mqttMessages', amount), 0);

const priceTable = (counted: readonly Counted[]): string => {
  const columns: readonly (readonly [string, Totals])[] = [
    ['floor', floor],
    ['lean', lean],
    ...counted.map(({ life, totals }) => [life, totals] as const),
  ];
  return tableOf(
    ['per life', ...columns.map(([name]) => name)],
    [
      ...meters.map((meter) => [titles[meter], ...columns.map(([, totals]) => totals[meter])]),
      ['**$ per million lives**', ...columns.map(([, totals]) => `**${dollars(dollarsOf(totals))}**`)],
      [
        '$ where messages on shadow topics are not metered',
        ...[floor, lean].map((totals) =>
          dollars(dollarsOf(totals) - dollarsFor('mqttMessages', totals.mqttMessages)),
        ),
        ...counted.map((one) => dollars(unmetered(one))),
      ],
    ],
  );
};

/** By life, and by what grows. */
const growthTable = (grows: 'stored' | 'devices', counted: readonly Counted[]): string =>
  tableOf(
    [
      { stored: 'stored before', devices: 'devices together' }[grows],
      '<life',
      'write units',
      'read units',
      'SQS',
      'shadow',
      'MQTT',
      'Lambda',
      'log bytes',
      '$ per million',
    ],
    [...counted]
      .sort((one, other) => one.life.localeCompare(other.life) || one[grows] - other[grows])
      .map(({ life, totals, [grows]: size }) => [
        size,
        life,
        totals.writeUnits,
        totals.readUnits,
        totals.sqsRequests,
        totals.shadowOperations,
        totals.mqttMessages,
        totals.lambdaInvocations,
        totals.logBytes,
        dollars(dollarsOf(totals)),
      ]),
  );

const byFleetSize = (fleets: readonly Counted[]): readonly string[] =>
  fleets.length === 0
    ? []
    : [
        '### By fleet size',
        '',
        `All devices of a fleet live at the same time, and each counts as its share. Alone a life fills no batch: each of its messages is received, taken and deleted by itself. Up to ${madeMax} devices are made through the front door and have lived twice before; those beyond are copies of the first, with what the table has of it under other names, and are the same reference agent without a disk. What a process remembers of a device that it has seen a moment ago it does not know of copies: of a server, half a read unit more.`,
        '',
        growthTable('devices', fleets),
        '',
      ];

const unbilled: ReadonlySet<Meter> = new Set(['roundTrips', 'shadowOperations', 'transactions']);

const unitTable = ({ lines }: Counted): string =>
  tableOf(
    ['<who', '<call', '<item', 'amount', '<unit', '$ per million', '<what for'],
    lines
      .filter(({ meter }) => !unbilled.has(meter))
      .map(({ who, call, item, meter, amount }) => [
        who,
        call,
        item,
        amount,
        titles[meter],
        dollars(dollarsFor(meter, amount)),
        purposeOf(call, item),
      ]),
  );

const sumsBy = (counted: Counted): string => {
  const spent = meters.map((meter) => [titles[meter], dollarsFor(meter, counted.totals[meter])] as const);
  return tableOf(
    [`a ${counted.life} life`, '$ per million', 'share'],
    spent
      .filter(([, cost]) => cost > 0)
      .sort(([, one], [, other]) => other - one)
      .map(([title, cost]) => [
        title,
        dollars(cost),
        `${Math.round((100 * cost) / dollarsOf(counted.totals))} %`,
      ]),
  );
};

const savedBy = (amounts: Saving['amounts']): number =>
  Object.entries(amounts).reduce((sum, [meter, amount]) => sum + dollarsFor(meter as Meter, amount), 0);

const savingsTable = (): string =>
  tableOf(
    ['life', '<what', '<its price', '<saves', '$ per million'],
    [...savings]
      .sort((one, other) => savedBy(other.amounts) - savedBy(one.amounts))
      .map(({ life, what, price, amounts }) => [
        life,
        what,
        price,
        Object.entries(amounts)
          .map(([meter, amount]) => `${shown(amount)} ${titles[meter as Meter]}`)
          .join(', '),
        dollars(savedBy(amounts)),
      ]),
  );

const held = ({ totals }: Counted): string =>
  tableOf(
    ['aim for a device deployment', 'aim', 'counted', '<'],
    Object.entries(aims).map(([meter, aim]) => {
      const counted = totals[meter as Meter];
      return [titles[meter as Meter], aim, counted, counted <= aim ? 'held' : 'MISSED'];
    }),
  );

const render = (counted: readonly Counted[], fleets: readonly Counted[]): string => {
  const [smallest] = counted;
  const first = counted.filter(({ stored }) => stored === smallest?.stored);
  return [
    `One life is counted as its share of several that live together (${first.map(({ life, devices }) => `${life} ${devices}`).join(', ')}), so that SQS hands them out in full batches. The deployed handlers run on DynamoDB Local (every request asked for ReturnConsumedCapacity), on a queue that speaks SQS's protocol, and on the local shadow service and rules; the devices are the reference agent. Prices: list, us-east-1 (\`shared/operations/prices.ts\`).`,
    ...first.map(({ life, about }) => `- **${life}**: ${about}`),
    '',
    priceTable(first),
    '',
    `Estimated, because it cannot be seen here: duration (${estimates.ownMs} ms of our own for an invocation and ${estimates.roundTripMs} ms for each call that had to wait for the one before). Not in it: Lambda's own START, END and REPORT lines (about 0.4 KB an invocation), empty receives of an idle queue, X-Ray, the device's connection minutes, and storage. Caches are warm: the key, manifests and small contents have been read before by the same process.`,
    '',
    ...first.slice(0, 1).flatMap((one) => [held(one), '', sumsBy(one), '']),
    '### What could be taken away',
    '',
    savingsTable(),
    '',
    '### It does not grow',
    '',
    growthTable('stored', counted),
    '',
    ...byFleetSize(fleets),
    '### What each unit buys',
    ...first.flatMap((one) => ['', `A ${one.life} life:`, '', unitTable(one)]),
  ].join('\n');
};

/** With the smallest number of stored deployments. */
export const summaries = (counted: readonly Counted[]) => {
  const [smallest] = counted;
  return Object.fromEntries(
    counted
      .filter(({ stored }) => stored === smallest?.stored)
      .map(({ life, totals }) => [life, summaryOf(totals)]),
  );
};

const inItsOwnCloud = async <Result>(act: (cloud: MeteredCloud) => Promise<Result>): Promise<Result> => {
  const cloud = await startMeteredCloud();
  try {
    return await act(cloud);
  } finally {
    await cloud.close();
  }
};

export const counts: Section = {
  name: 'counts',
  title: 'Counts and cost of a life',
  run: async ({ stored, fleet, say }) => {
    const fleets: Counted[] = [];
    // Each in a table of its own: ten thousand devices are all that DynamoDB Local has memory for.
    for (const size of fleet)
      for (const life of lives)
        fleets.push(...(await inItsOwnCloud((cloud) => countFleets(cloud)([life], [size], say))));
    const counted = await inItsOwnCloud((cloud) => countLives(cloud)(lives, stored, say));
    return { data: summaries(counted), markdown: render(counted, fleets) };
  },
};
