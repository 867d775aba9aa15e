// Reads a metric math expression: numbers, ids of metrics, arithmetic, comparisons, AND and OR, lists and calls.
import { PlainError } from '../../plain-error.ts';

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'minus'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'call'; readonly name: string; readonly given: readonly Expression[] };

const token = /\s*(\d+(?:\.\d+)?|"[^"]*"|[A-Za-z_][A-Za-z0-9_]*|==|!=|<=|>=|&&|\|\||[-+*/^<>()[\],])/y;

const tokensOf = (text: string): string[] => {
  const tokens: string[] = [];
  token.lastIndex = 0;
  const end = text.trimEnd().length;
  while (token.lastIndex < end) {
    const at = token.lastIndex;
    const found = token.exec(text)?.[1];
    if (found === undefined)
      throw new PlainError(`the expression ${text} cannot be read from "${text.slice(at)}"`);
    tokens.push(found);
  }
  return tokens;
};

/** From loose to tight; each binds to the left. */
const levels: readonly Readonly<Record<string, string>>[] = [
  { OR: 'OR', '||': 'OR' },
  { AND: 'AND', '&&': 'AND' },
  { '==': '==', '!=': '!=', '<=': '<=', '>=': '>=', '<': '<', '>': '>' },
  { '+': '+', '-': '-' },
  { '*': '*', '/': '/' },
];

export const parseExpression = (text: string): Expression => {
  const tokens = tokensOf(text);
  let at = 0;
  const fail = (): never => {
    const found = tokens[at] === undefined ? 'its end' : `"${tokens[at]}"`;
    throw new PlainError(`the expression ${text} is not understood at ${found}`);
  };
  const accept = (wanted: string): boolean => {
    if (tokens[at] !== wanted) return false;
    at += 1;
    return true;
  };
  const expect = (wanted: string): void => {
    if (!accept(wanted)) fail();
  };

  const until = (end: string): Expression[] => {
    const items: Expression[] = [];
    if (accept(end)) return items;
    do items.push(parseLevel(0));
    while (accept(','));
    expect(end);
    return items;
  };

  const parseWord = (word: string): Expression =>
    accept('(') ? { kind: 'call', name: word, given: until(')') } : { kind: 'id', id: word };

  const parsePrimary = (): Expression => {
    const found = tokens[at] ?? fail();
    at += 1;
    if (/^\d/.test(found)) return { kind: 'number', value: Number(found) };
    if (found.startsWith('"')) return { kind: 'text', text: found.slice(1, -1) };
    if (found === '[') return { kind: 'list', items: until(']') };
    if (/^[A-Za-z_]/.test(found)) return parseWord(found);
    if (found === '-') return { kind: 'minus', of: parsePrimary() };
    if (found === '(') {
      const inner = parseLevel(0);
      expect(')');
      return inner;
    }
    at -= 1;
    return fail();
  };

  const parseLevel = (level: number): Expression => {
    const operators = levels[level];
    if (operators === undefined) return parsePrimary();
    let left = parseLevel(level + 1);
    for (;;) {
      const operator = operators[tokens[at] ?? ''];
      if (operator === undefined) return left;
      at += 1;
      left = { kind: 'binary', operator, left, right: parseLevel(level + 1) };
    }
  };

  const parsed = parseLevel(0);
  return at === tokens.length ? parsed : fail();
};
