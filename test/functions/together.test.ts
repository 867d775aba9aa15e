// Numbers of an instance that is busy: told together, so that each is told once, none late for long, and of a fault at once.
import { describe, expect, it } from 'vitest';
import { busy, heldMax, tellingNowAndThen } from '#functions/wiring/together';
import { testClock } from '#test/support/clock';
import { rememberingLog } from './given.ts';

const given = () => {
  const clock = testClock();
  const { log, lines, faults, measured } = rememberingLog();
  const sparing = tellingNowAndThen(log, clock.now);
  const request = (RequestLatency: number) =>
    sparing.line({ code: 'request.answered' }, { RequestLatency, WriteUnits: 7 });
  const requests = (count: number) => {
    for (let at = 0; at < count; at += 1) request(at);
  };
  const fault = () => sparing.fault({ code: 'request.failed' }, new Error('broken'), { Faults: 1 });
  const toldOf = (name: 'RequestLatency' | 'WriteUnits') =>
    measured.flatMap((each) => (each[name] === undefined ? [] : [each[name]].flat()));
  return { clock, lines, faults, measured, request, requests, fault, toldOf };
};

describe('numbers of an instance', () => {
  it('go with their own line while few ask', () => {
    const { requests, measured } = given();
    requests(busy.lines);
    expect(measured).toHaveLength(busy.lines);
    for (const each of measured) expect(each.WriteUnits).toBe(7);
  });

  it('wait where many ask, for the first line after ten seconds, which has them all', () => {
    const { requests, request, clock, lines, measured } = given();
    requests(busy.lines + 3);
    expect(measured.slice(busy.lines)).toEqual([{}, {}, {}]);
    clock.pass(busy.withinMs);
    request(99);
    expect(measured.at(-1)).toEqual({ RequestLatency: [5, 6, 7, 99], WriteUnits: 4 * 7 });
    expect(lines).toHaveLength(busy.lines + 4);
  });

  it('are told at once with a fault, and with what has waited', () => {
    const { requests, fault, measured } = given();
    requests(busy.lines + 1);
    fault();
    expect(measured.at(-1)).toEqual({ Faults: 1, RequestLatency: [busy.lines], WriteUnits: 7 });
  });

  it('are never more than CloudWatch takes from one line, and each is told once', () => {
    const { requests, request, clock, measured, toldOf } = given();
    const asked = 5 * heldMax;
    requests(asked);
    clock.pass(busy.withinMs);
    request(asked);
    for (const { RequestLatency = [] } of measured)
      expect([RequestLatency].flat().length).toBeLessThanOrEqual(heldMax);
    expect(toldOf('RequestLatency')).toEqual(Array.from({ length: asked + 1 }, (_, at) => at));
    expect(toldOf('WriteUnits').reduce((sum, units) => sum + units, 0)).toBe((asked + 1) * 7);
  });
});
