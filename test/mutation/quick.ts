// As much of vitest as the domain's tests use, without its server and its workers: a mutant is judged in a third of a second.
// Only the order of the house is ours; what is expected is vitest's own.
export { expect } from 'vitest';

type Body = (...row: readonly never[]) => unknown;

const tests: (() => unknown)[] = [];

const rowOf = (row: unknown): readonly never[] => (Array.isArray(row) ? row : [row]) as never[];

const it = (_name: string, body: () => unknown): void => void tests.push(body);

it.each = (rows: readonly unknown[]) => (_name: string, body: Body) => {
  for (const row of rows) tests.push(() => body(...rowOf(row)));
};

it.for = (rows: readonly unknown[]) => (_name: string, body: Body) => {
  for (const row of rows) tests.push(() => body(row as never));
};

const describe = (_name: string, body: () => void): void => body();

describe.each = (rows: readonly unknown[]) => (_name: string, body: Body) => {
  for (const row of rows) body(...rowOf(row));
};

export { describe, it };

/** The first that fails is enough: its error ends the process. */
export const runAll = async (): Promise<void> => {
  for (const test of tests) await test();
  if (tests.length === 0) throw new Error('There is no test.');
  console.log(`${tests.length} tests hold.`);
};
