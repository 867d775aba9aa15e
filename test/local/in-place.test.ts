// What stands in the place of something for a while.
import { expect, it } from 'vitest';
import { inPlace } from '#infra/local/in-place';

it('nothing answers where nothing was put', () => {
  expect(inPlace<[number], string>().ask(1)).toBeUndefined();
});

it('the last one that was put is asked first, and passes on what it has no answer for', () => {
  const places = inPlace<[number], string>();
  places.put((given) => `first ${given}`);
  places.put((given) => (given === 1 ? 'second 1' : undefined));

  expect([places.ask(1), places.ask(2)]).toEqual(['second 1', 'first 2']);
});

it('what is taken away is asked no more, and taking it away twice takes away no other', () => {
  const places = inPlace<[number], string>();
  const answer = (given: number) => `answered ${given}`;
  places.put(answer);
  const takeAway = places.put(() => 'in the way');

  takeAway();
  takeAway();

  expect(places.ask(1)).toBe('answered 1');
});

it('an answer that takes its time is awaited before the next one is asked', async () => {
  const places = inPlace<[number], string | undefined | Promise<string | undefined>>();
  places.put((given) => `first ${given}`);
  const takeAway = places.put(async (given) => (given === 1 ? 'second 1' : undefined));

  expect([await places.askEach(1), await places.askEach(2)]).toEqual(['second 1', 'first 2']);
  takeAway();
  expect(await places.askEach(1)).toBe('first 1');
});
