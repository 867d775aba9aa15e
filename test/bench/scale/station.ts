// A queue and those who take from it: batches, as many functions at a time as are granted, and each batch as long as its limits make it.
import type { Agenda } from './agenda.ts';

export interface StationParts {
  readonly agenda: Agenda;
  readonly name: string;
  readonly batchSize: number;
  /** Functions that may run at this time; none: it is off. */
  readonly concurrencyAt: (time: number) => number;
  /** When a batch of so many, begun now, is done. */
  readonly serve: (now: number, count: number) => number;
  readonly done: (count: number, now: number) => void;
}

export interface Station {
  readonly name: string;
  readonly put: (count: number) => void;
  /** Most that ever waited. */
  readonly longest: () => number;
  readonly served: () => number;
  readonly lastAt: () => number;
}

/** How often one that is held back by its concurrency looks again. */
const lookAgainSeconds = 0.2;

export const station = ({ agenda, name, batchSize, concurrencyAt, serve, done }: StationParts): Station => {
  let waiting = 0;
  let running = 0;
  let longest = 0;
  let served = 0;
  let lastAt = 0;
  let willLook = false;

  const finish = (count: number): void => {
    running -= 1;
    served += count;
    lastAt = agenda.now();
    done(count, lastAt);
    begin();
  };
  const lookLater = (): void => {
    if (willLook) return;
    willLook = true;
    agenda.at(agenda.now() + lookAgainSeconds, () => {
      willLook = false;
      begin();
    });
  };
  const begin = (): void => {
    while (waiting > 0 && running < concurrencyAt(agenda.now())) {
      const count = Math.min(batchSize, waiting);
      waiting -= count;
      running += 1;
      agenda.at(serve(agenda.now(), count), () => finish(count));
    }
    if (waiting > 0) lookLater();
  };

  return {
    name,
    put: (count) => {
      waiting += count;
      longest = Math.max(longest, waiting);
      // Those that come in the same moment share a batch.
      agenda.at(agenda.now(), begin);
    },
    longest: () => longest,
    served: () => served,
    lastAt: () => lastAt,
  };
};
