// The picture of the move table, made from it: what `npm run docs` puts into ARCHITECTURE.md.
import { type Move, moveNames, moves } from '#domain/moves';
import { type Phase, phases } from '#domain/phase';

const names = Object.keys(phases) as Phase[];

/** One arrow for all moves that lead from one phase to another. */
const arrowsFrom = (from: Phase): string[] => {
  const ways = new Map<Phase, Move[]>();
  for (const move of moveNames) {
    const to = moves[from][move];
    if (typeof to === 'object' || to === 'ignore') continue;
    ways.set(to, [...(ways.get(to) ?? []), move]);
  }
  return [...ways].map(([to, labels]) => `  ${from} --> ${to}: ${labels.join(', ')}`);
};

const ends = (phase: Phase): boolean => arrowsFrom(phase).length === 0;

export const stateDiagram = (): string =>
  [
    '```mermaid',
    'stateDiagram-v2',
    '  [*] --> staged: stage',
    '  [*] --> queued: deploy',
    ...names.flatMap(arrowsFrom),
    ...names.filter(ends).map((phase) => `  ${phase} --> [*]`),
    '```',
  ].join('\n');

const place = /(<!-- moves -->\n)[\s\S]*?(\n<!-- \/moves -->)/;

/** A page with today's diagram in its place. */
export const withStateDiagram = (page: string): string => page.replace(place, `$1${stateDiagram()}$2`);
