// What could be taken away from a life, and what that would be worth; found by reading the table of units from the top.
import { estimates } from './handlers.ts';
import type { Meter } from './tally.ts';

export interface Saving {
  readonly life: string;
  readonly what: string;
  readonly price: string;
  readonly amounts: { readonly [M in Meter]?: number };
}

/** A call less that the door waits for, at its gigabyte of memory. */
const doorRoundTrip = estimates.roundTripMs / 1000;

export const savings: readonly Saving[] = [
  {
    life: 'heat',
    what: 'The id of the run is derived from the deployment and its attempt, so that the record need not be saved a second time to hold it',
    price: 'a list of runs is found by computing, not by reading',
    amounts: { writeUnits: 1, readUnits: 1, gbSeconds: 2 * doorRoundTrip, roundTrips: 2 },
  },
];
