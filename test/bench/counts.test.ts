// What a deployment's life consumes is held here: within its aims, and the same however much is stored.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isWhole } from '#test/support/share';
import { aims } from './counts/bill.ts';
import { type MeteredCloud, startMeteredCloud } from './counts/cloud.ts';
import { summaries } from './counts/counts.ts';
import { type Counted, countFleets, countLives } from './counts/measure.ts';
import { purposeOf } from './counts/purposes.ts';
import { type Consumed, type Meter, roundTripsOf, totalsOf } from './counts/tally.ts';
import { heat } from './lives/heat.ts';
import { humanitec } from './lives/humanitec.ts';
import { aBatch } from './lives/life.ts';
import { miru } from './lives/miru.ts';
import { counted as simulated } from './scale/scale.ts';

/** Java, a synthesis and all handlers start for it: seconds, on a busy machine minutes. */
const busyMsMax = 240_000;
/** The aim is 1 KB under load: ten are none, and each request tells its own numbers. */
const logBytesMax = 1.7 * 1024;

/** Remembered for a while, and then read again: in some tens of lives, and not in others. */
const occasional: ReadonlySet<string> = new Set([
  'GetItem key',
  'GetItem agreed',
  'GetItem list',
  'UpdateItem taken',
]);
const isRegular = ({ call, item }: Consumed): boolean => !occasional.has(`${call} ${item}`);

/** Without what differs from run to run: how calls fell together, and lines that hold numbers. */
const countedOf = ({ lines }: Counted) => {
  const { logBytes: _, roundTrips: __, gbSeconds: ___, ...counted } = totalsOf(lines.filter(isRegular));
  return counted;
};

const writesBy = (functionName: string, { lines }: Counted): number =>
  lines
    .filter((line) => line.who === functionName && line.meter === 'writeUnits' && isRegular(line))
    .reduce((sum, { amount }) => sum + amount, 0);

const unexplained = ({ lines }: Counted): readonly Consumed[] =>
  lines.filter(({ meter, call, item }) => /Units$/.test(meter) && purposeOf(call, item) === '');

const silent = (): void => {};

/** Far more than any page or batch has; `STORED_DEPLOYMENTS=1000` is more. */
const many = Number(process.env.STORED_DEPLOYMENTS ?? 200);

let cloud: MeteredCloud;
beforeAll(async () => {
  cloud = await startMeteredCloud();
}, busyMsMax);
afterAll(() => cloud.close());

it(`a device deployment that supersedes another stays within its aims, at 10 stored deployments as at ${many}`, {
  timeout: busyMsMax,
}, async () => {
  const [amongFew, amongMany] = await countLives(cloud)([{ ...miru, devices: aBatch }], [10, many], silent);
  if (amongFew === undefined || amongMany === undefined) throw new Error('Two lives were to be counted.');
  const { logBytes: _, ...held } = aims;
  for (const [meter, aim] of Object.entries(held))
    expect(amongFew.totals[meter as Meter], meter).toBeLessThanOrEqual(aim);
  expect(amongFew.totals.logBytes).toBeLessThan(logBytesMax);
  expect(countedOf(amongMany)).toEqual(countedOf(amongFew));
  expect({ create: writesBy('api-miru', amongFew), report: writesBy('take-report', amongFew) }).toEqual({
    create: simulated.createWriteUnits,
    report: simulated.reportWriteUnits,
  });
  expect(summaries([amongFew])).toMatchObject({ miru: { shadowKb: 2, lambdaInvocations: 1.2 } });
});

it.each(isWhole ? [miru, heat] : [miru])(
  '$name: a device beyond those that are made with care costs what they cost',
  {
    timeout: busyMsMax,
  },
  async (life) => {
    const [made] = await countFleets(cloud)([life], [5], silent);
    const [copied] = await countFleets(cloud)([life], [6], silent, 1);
    if (made === undefined || copied === undefined) throw new Error('Two lives were to be counted.');
    const { sqsRequests: _, lambdaInvocations: __, ...perDevice } = countedOf(made);
    expect(countedOf(copied)).toMatchObject(perDevice);
  },
);

/** A rollout takes its time: its looks are seconds apart. */
const explained = isWhole ? [miru, heat, humanitec] : [miru, heat];

it('each unit of each life is for something', { timeout: busyMsMax }, async () => {
  const counted = await countFleets(cloud)(explained, [2], silent);
  expect(counted.map(({ life }) => life)).toEqual(explained.map(({ name }) => name));
  expect(counted.flatMap(unexplained)).toEqual([]);
});

it('calls that are under way together are one round trip', () => {
  const call = (from: number, to: number) => ({ from, to });
  expect(roundTripsOf([])).toBe(0);
  expect(roundTripsOf([call(1, 2), call(3, 4)])).toBe(2);
  expect(roundTripsOf([call(1, 4), call(2, 3), call(5, 6)])).toBe(2);
  expect(roundTripsOf([call(1, 6), call(2, 3), call(4, 5)])).toBe(2);
});
