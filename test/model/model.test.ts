// Everything that may happen within small bounds; `npm run model` goes further. And the check itself: it must be able to fail.
import { describe, expect, it } from 'vitest';
import { bounds } from './bounds.ts';
import { mutants } from './mutants.ts';
import { rules } from './rules.ts';
import { search } from './search.ts';
import { quick } from './tours.ts';

describe.each(quick.map((tour) => [tour.bounds.name, tour] as const))('%s', (_, tour) => {
  const searched = search(rules, tour.bounds, { statesMax: tour.statesMax });

  it('is gone through to the end', () => {
    expect(searched.isComplete).toBe(true);
    expect(searched.states).toBeGreaterThan(5_000);
  });

  it('keeps every invariant, and comes to rest from every state', () => {
    expect(searched.violations).toEqual([]);
    expect(searched.settled?.states).toBe(searched.states);
  });
});

describe('the check finds', () => {
  it.each(Object.entries(mutants))('%s', (name, { rules, bounds: over, breaks }) => {
    const [violation] = search(rules, bounds(over), { statesMax: 1_000_000 }).violations;
    console.log([`${name} breaks: ${violation?.broken}`, ...(violation?.trace ?? [])].join('\n  '));
    expect(violation?.broken).toContain(breaks);
    expect(violation?.trace.length).toBeGreaterThan(0);
    expect(violation?.trace.length).toBeLessThan(20);
  });
});
