// The move table, written out by hand once more: whoever changes a cell changes it here too, on purpose.

import { describe, expect, it } from 'vitest';
import { type Move, moveNames, moves, type Outcome } from '#domain/moves';
import { type Phase, phases } from '#domain/phase';

/** `-` is ignored; `!` is refused. */
const byHand = `
            deploy       archive   replace   drift    supersede   confirm   retry     fail    withdraw  reissue  abandon
staged      queued       archived  archived  drifted  -           -         -         -       -         -        archived
drifted     !drifted     archived  archived  -        -           -         -         -       -         -        archived
queued      -            archived  -         -        archived    deployed  retrying  failed  archived  queued   archived
retrying    -            archived  -         -        archived    deployed  retrying  failed  archived  queued   archived
deployed    -            removing  -         -        superseded  -         -         -       archived  queued   archived
superseded  !ended       removing  -         -        -           -         -         -       archived  -        archived
removing    !ended       -         -         -        -           -         -         -       archived  -        archived
archived    !ended       -         -         -        -           -         -         -       -         -        -
failed      !ended       -         -         -        -           -         -         -       -         -        -
`;

const [columns = [], ...rows] = byHand
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/ +/));

const phaseNames = Object.keys(phases) as Phase[];

const spelled = (outcome: Outcome): string => {
  if (outcome === 'ignore') return '-';
  return typeof outcome === 'string' ? outcome : outcome.refuse.replace('deployment_', '!');
};

const cells = rows.flatMap(([phase, ...outcomes]) =>
  columns.map((move, index) => ({ phase: phase as Phase, move: move as Move, outcome: outcomes[index] })),
);

const destinations = (phase: Phase): Phase[] =>
  Object.values(moves[phase]).filter((outcome): outcome is Phase =>
    phaseNames.some((one) => one === outcome),
  );

const reachableFrom = (...starts: Phase[]): Set<Phase> => {
  const reached = new Set(starts);
  for (const phase of reached) for (const next of destinations(phase)) reached.add(next);
  return reached;
};

describe('the move table', () => {
  it('has a row for every phase and a column for every move, in the same words', () => {
    expect(rows.map(([phase]) => phase).sort()).toEqual([...phaseNames].sort());
    expect([...columns].sort()).toEqual([...moveNames].sort());
    expect(rows.map((row) => row.length)).toEqual(phaseNames.map(() => moveNames.length + 1));
  });

  it('has no row and no cell besides', () => {
    expect(Object.keys(moves).sort()).toEqual([...phaseNames].sort());
    for (const phase of phaseNames) expect(Object.keys(moves[phase]).sort()).toEqual([...moveNames].sort());
  });

  it.each(cells)('$phase, $move: $outcome', ({ phase, move, outcome }) => {
    expect(spelled(moves[phase][move])).toBe(outcome);
  });
});

describe('what follows from the move table', () => {
  it.each(['archived', 'failed'] as const)('%s absorbs: nothing leads out of it', (phase) => {
    expect(destinations(phase)).toEqual([]);
  });

  it.each(phaseNames.filter((phase) => phase !== 'archived' && phase !== 'failed'))('%s can end', (phase) => {
    expect(reachableFrom(phase)).toContain('archived');
  });

  it('every phase can be reached by what is staged or deployed', () => {
    expect([...reachableFrom('staged', 'queued')].sort()).toEqual([...phaseNames].sort());
  });

  it('refuses nothing but the wish to deploy', () => {
    const refused = cells.filter(({ outcome }) => outcome?.startsWith('!'));
    expect(new Set(refused.map(({ move }) => move))).toEqual(new Set(['deploy']));
  });

  it('lets only a thing confirm, and only what is outstanding be confirmed', () => {
    const confirmed = cells.filter(({ outcome }) => outcome === 'deployed');
    expect(confirmed.map(({ phase, move }) => [phase, move])).toEqual([
      ['queued', 'confirm'],
      ['retrying', 'confirm'],
    ]);
  });
});
