// In which waves a rollout goes, and how many failures it bears: numbers, written out by hand.
import { describe, expect, it } from 'vitest';
import {
  allAtOnce,
  boundsOf,
  nextBound,
  type Plan,
  type Size,
  sizeOf,
  toleratedFailures,
} from '#domain/plan';

const percent = (share: number): Size => ({ percent: share });
const count = (things: number): Size => ({ count: things });
const inWaves = (...waves: readonly Size[]): Plan => ({ ...allAtOnce, waves });

describe('a size', () => {
  it.each<[Size, number, number]>([
    [count(0), 10, 0],
    [count(3), 10, 3],
    [count(10), 10, 10],
    [count(11), 10, 10],
    [percent(0), 10, 0],
    [percent(10), 10, 1],
    [percent(10), 9, 0],
    [percent(19), 10, 1],
    [percent(50), 7, 3],
    [percent(100), 7, 7],
    [percent(200), 7, 7],
    // 0.29 * 100 is 28.999999999999996, and yet 29 of a hundred.
    [percent(29), 100, 29],
    [percent(0.1), 3000, 3],
  ])('%o of %i things is %i', (size, of, things) => {
    expect(sizeOf(size, of)).toBe(things);
  });
});

describe('waves', () => {
  it.each<[string, readonly Size[], number, readonly number[]]>([
    ['none said: all at once', [], 10, [10]],
    ['the rest is the last one', [count(1), percent(50)], 10, [1, 5, 10]],
    ['all is said once', [percent(50), percent(100)], 10, [5, 10]],
    ['one that adds nobody is left out', [count(2), percent(20), percent(50)], 10, [2, 5, 10]],
    ['one that is smaller than an earlier one too', [count(6), percent(50), count(7)], 10, [6, 7, 10]],
    ['one of nobody too', [percent(1), count(3)], 10, [3, 10]],
    ['a group that is smaller than its first wave', [count(5)], 3, [3]],
    ['a group without things', [count(5), percent(50)], 0, []],
  ])('%s', (_, waves, total, bounds) => {
    expect(boundsOf(inWaves(...waves), total)).toEqual(bounds);
  });

  it.each<[number, number | undefined]>([
    [0, 1],
    [1, 5],
    [4, 5],
    [5, 10],
    [9, 10],
    [10, undefined],
  ])('when %i have been exposed, the next bound is %s', (exposed, next) => {
    expect(nextBound(inWaves(count(1), percent(50)), 10, exposed)).toBe(next);
  });
});

describe('failures that are borne', () => {
  it.each<[Size, number, number]>([
    [count(0), 10, 0],
    [count(2), 10, 2],
    // A number is a number, however few have it yet.
    [count(2), 1, 2],
    [percent(10), 10, 1],
    [percent(10), 9, 0],
    [percent(100), 4, 4],
  ])('%o of %i that were exposed: %i', (failuresMax, exposed, borne) => {
    expect(toleratedFailures({ ...allAtOnce, failuresMax }, exposed)).toBe(borne);
  });
});

it('all at once is one wave that bears nothing, has an hour and stays where it fails', () => {
  expect(allAtOnce).toEqual({
    waves: [],
    bakeMs: 0,
    failuresMax: { count: 0 },
    deadlineMs: 3_600_000,
    alarms: [],
    rollsBack: false,
  });
});
