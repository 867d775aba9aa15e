// What a deployment can be: the three words of each phase, by hand.

import { describe, expect, it } from 'vitest';
import { type Deployment, hasEnded, isOutstanding, isStaged, isWanted } from '#domain/deployment';
import { moves } from '#domain/moves';
import { axesOf, type Phase, phases, type Wanted } from '#domain/phase';

const byHand: readonly (readonly [Phase, wanted: string, seen: string, trouble: string])[] = [
  ['staged', 'staged', 'staged', 'none'],
  ['drifted', 'staged', 'drifted', 'none'],
  ['queued', 'deployed', 'queued', 'none'],
  ['retrying', 'deployed', 'queued', 'retrying'],
  ['deployed', 'deployed', 'deployed', 'none'],
  ['superseded', 'archived', 'deployed', 'none'],
  ['removing', 'archived', 'removing', 'none'],
  ['archived', 'archived', 'archived', 'none'],
  ['failed', 'archived', 'archived', 'failed'],
];

const phaseNames = Object.keys(phases) as Phase[];

describe('phases', () => {
  it('are these nine', () => {
    expect([...phaseNames].sort()).toEqual(byHand.map(([phase]) => phase).sort());
  });

  it.each(byHand)('%s: wanted %s, seen %s, trouble %s', (phase, wanted, seen, trouble) => {
    expect(axesOf(phase)).toEqual({ wanted, seen, trouble });
  });

  it('are told apart by their three words', () => {
    const words = phaseNames.map((phase) => Object.values(axesOf(phase)).join(' '));
    expect(new Set(words).size).toBe(9);
  });
});

const order: Readonly<Record<Wanted, number>> = { staged: 0, deployed: 1, archived: 2 };
const rankOf = (phase: Phase): number => order[axesOf(phase).wanted];

const changes = phaseNames.flatMap((from) =>
  Object.entries(moves[from]).flatMap(([move, to]) =>
    typeof to === 'string' && to !== 'ignore' ? [{ from, move, to }] : [],
  ),
);

describe('what is wanted', () => {
  it('is looked at along every change that the table knows', () => {
    expect(changes).toHaveLength(34);
  });

  it.each(changes)('never goes backwards: $from, $move, $to', ({ from, to }) => {
    expect(rankOf(to)).toBeGreaterThanOrEqual(rankOf(from));
  });
});

const deploymentIn = (phase: Phase): Deployment => ({
  id: 'blue',
  phase,
  seq: 1,
  revision: 'sha256:blue',
  track: null,
  attempts: 0,
  failure: null,
  result: null,
  deadline: null,
  restores: null,
  createdAt: 0,
  updatedAt: 0,
  version: 1,
  history: [],
});

const where = (holds: (deployment: Deployment) => boolean): Phase[] =>
  phaseNames.filter((phase) => holds(deploymentIn(phase)));

describe('a deployment', () => {
  it('has ended when it is archived or failed', () => {
    expect(where(hasEnded)).toEqual(['archived', 'failed']);
  });

  it('is wanted on the thing while it is queued, retrying or deployed', () => {
    expect(where(isWanted)).toEqual(['queued', 'retrying', 'deployed']);
  });

  it('is outstanding until the thing confirms it', () => {
    expect(where(isOutstanding)).toEqual(['queued', 'retrying']);
  });

  it('waits for a person while it is staged or drifted', () => {
    expect(where(isStaged)).toEqual(['staged', 'drifted']);
  });
});
