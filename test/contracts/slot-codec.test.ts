// A slot in its stored form: nothing is lost, nothing unknown is guessed at, and it stays within one write unit.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromStored, type Item, toStored } from '#adapters/dynamodb/item';
import { decodeRecord, encodeRecord } from '#adapters/dynamodb/record-codec';
import { decodeSlot, encodeSlot } from '#adapters/dynamodb/slot-codec';
import { channels } from '#domain/channel';
import type { Deployment, HistoryEvent } from '#domain/deployment';
import { phases } from '#domain/phase';
import type { Slot, Target, TargetWait } from '#domain/slot';
import { anyCharacter } from '#test/support/any-character';
import { lifeOf } from './a-life.ts';
import { aDeployment, aRecord, aSlot, digestOf, start } from './given.ts';
import { bytesOfItem } from './item-size.ts';

// ---- any slot

const text = fc.oneof(fc.string(), fc.string({ unit: anyCharacter }), fc.constant('sha256:short'));
const digest = fc.oneof(text.map(digestOf), text);
const time = fc.oneof(fc.integer({ min: start, max: start * 2 }), fc.maxSafeNat());
const count = fc.nat();
const orNull = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: null });
const phase = fc.constantFrom(...(Object.keys(phases) as (keyof typeof phases)[]));

const event: fc.Arbitrary<HistoryEvent> = fc.record({
  at: time,
  by: text,
  from: orNull(phase),
  to: phase,
  why: text,
});

const plainDeployment = fc.record({
  id: text,
  phase,
  seq: time,
  revision: digest,
  track: orNull(text),
  attempts: count,
  failure: orNull(fc.record({ code: text, message: text })),
  result: fc.option(fc.string(), { nil: null }),
  deadline: orNull(time),
  restores: orNull(text),
  createdAt: time,
  updatedAt: time,
  version: count,
  history: fc.array(event, { maxLength: 5 }),
});
const part = fc.record({ rollout: text, ordinal: count });
const anyDeployment: fc.Arbitrary<Deployment> = fc.oneof(
  plainDeployment,
  fc.tuple(plainDeployment, part).map(([plain, of]) => ({ ...plain, part: of })),
);

const target: fc.Arbitrary<Target> = fc.record({
  seq: time,
  deployment: orNull(text),
  revision: orNull(digest),
});

const waiting: fc.Arbitrary<TargetWait> = fc.record({
  for: fc.constantFrom('delivery', 'thing offline', 'thing applying', 'thing retrying', 'operator'),
  since: time,
  until: orNull(time),
  times: count,
});

const lonelySlot = fc.record({
  id: fc.record({
    thing: text,
    channel: fc.constantFrom(...(Object.keys(channels) as (keyof typeof channels)[])),
  }),
  organization: text,
  version: fc.integer({ min: 1, max: 2 ** 31 }),
  seq: time,
  target: orNull(target),
  waiting: orNull(waiting),
  live: fc.array(anyDeployment, { maxLength: 3 }),
  leaving: fc.array(anyDeployment, { maxLength: 3 }),
});
const membership = fc.record({ group: text, generation: fc.maxSafeNat() });
const slot: fc.Arbitrary<Slot> = fc.oneof(
  lonelySlot,
  fc.tuple(lonelySlot, membership).map(([lonely, member]) => ({ ...lonely, member })),
);

const throughTheTable = (item: Item): Item => fromStored(toStored(item));

describe('a stored slot', () => {
  it('is read back as it was, whatever is in it', () => {
    fc.assert(
      fc.property(slot, (given) => {
        expect(decodeSlot(throughTheTable(encodeSlot(given)))).toEqual(given);
      }),
      { numRuns: 300 },
    );
  });

  it('stores what repeats once', () => {
    const one = bytesOfItem(toStored(encodeSlot(aSlot('robot', { live: [aDeployment('dpl_1')] }))));
    const two = bytesOfItem(
      toStored(encodeSlot(aSlot('robot', { live: [aDeployment('dpl_1'), aDeployment('dpl_1')] }))),
    );
    expect(two - one).toBeLessThan(100);
  });

  it.each(
    lifeOf(
      'the older is deployed',
      'the older is confirmed',
      'the newer is deployed',
      'the thing is offline',
      'an attempt failed',
      'the newer is confirmed',
    ),
  )('fits into one write unit when %s', (_, lived) => {
    const bytes = bytesOfItem(toStored(encodeSlot(lived)));
    expect(bytes).toBeLessThanOrEqual(1024);
  });

  const stored = throughTheTable(encodeSlot(aSlot('robot', { live: [aDeployment('dpl_1')] })));

  const [deployment = []] = stored.l as unknown[][];

  it.each([
    ['of another format', { f: 2 }],
    ['of no format', { f: undefined }],
    ['with an unknown phase', { l: [deployment.with(1, 'Z')] }],
    ['with a text that is not there', { o: 99 }],
    ['with an unknown channel', { sk: 'slot#brightness' }],
    ['with a digest of the wrong length', { t: [new Uint8Array(31)] }],
    ['with a deployment that is too long', { l: [[...deployment, 'more']] }],
    ['with something in the place of a number', { z: 'yesterday' }],
  ])('%s is refused by name', (_, change) => {
    expect(() => decodeSlot({ ...stored, ...change })).toThrow(/The stored slot \(thing#robot, slot#.*\)/);
  });
});

describe('a stored record', () => {
  it('is read back as it was, with how it ended', () => {
    fc.assert(
      fc.property(anyDeployment, fc.jsonValue(), orNull(text), (ended, about, track) => {
        const given = aRecord('robot', ended.id, {
          ended,
          about: { about },
          track,
          revision: ended.revision,
        });
        expect(decodeRecord(throughTheTable(encodeRecord(given)))).toEqual(JSON.parse(JSON.stringify(given)));
      }),
    );
  });
});
