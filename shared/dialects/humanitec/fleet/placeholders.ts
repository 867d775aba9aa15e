// Placeholders for values in a module's strings: `${values.KEY}`. With a backslash after the dollar it is text; every other one is left to whoever knows it.
import { isObject, type Json } from '../json.ts';

export interface Placeholder {
  readonly key: string;
}

/** Text, or a placeholder in its place. */
export type Piece = string | Placeholder;

const pattern = /\$(\\?)\{values\.([^}]*)\}/g;

export const piecesOf = (text: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  let from = 0;
  // Behind the last brace nothing closes: it is not searched, or each opening would search all of it.
  for (const match of text.slice(0, text.lastIndexOf('}') + 1).matchAll(pattern)) {
    const [whole, backslash, key = ''] = match;
    pieces.push(text.slice(from, match.index), backslash === '' ? { key } : `\${values.${key}}`);
    from = match.index + whole.length;
  }
  return [...pieces, text.slice(from)];
};

export const isPlaceholder = (piece: Piece): piece is Placeholder => typeof piece !== 'string';

/** Where a value is wanted. */
export interface Use extends Placeholder {
  readonly module: string;
  /** RFC 6901. */
  readonly pointer: string;
}

interface Step {
  readonly name: string;
  readonly from: Step | undefined;
}

const pointerOf = (step: Step | undefined): string =>
  step === undefined
    ? ''
    : `${pointerOf(step.from)}/${step.name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

const visitStrings = (
  document: Json,
  step: Step | undefined,
  visit: (text: string, step: Step | undefined) => void,
): void => {
  if (typeof document === 'string') visit(document, step);
  if (!isObject(document) && !Array.isArray(document)) return;
  for (const [name, below] of Object.entries(document)) visitStrings(below, { name, from: step }, visit);
};

export const usesIn = (module: string, document: Json): readonly Use[] => {
  const uses: Use[] = [];
  visitStrings(document, undefined, (text, step) => {
    for (const piece of piecesOf(text))
      if (isPlaceholder(piece)) uses.push({ module, pointer: pointerOf(step), key: piece.key });
  });
  return uses;
};
