// AWS IoT SQL cut into words.
export interface Token {
  kind: 'word' | 'string' | 'number' | 'symbol' | 'end';
  /** As written; for a string, what it says. */
  text: string;
  at: number;
}

/** Names the statement and what in it is not served. */
export class SqlError extends Error {
  constructor(sql: string, at: number, problem: string) {
    super(`${problem} at "${sql.slice(at, at + 40)}" in: ${sql}`);
    this.name = 'SqlError';
  }
}

const pattern =
  /\s+|(?<word>[A-Za-z_][A-Za-z0-9_]*)|'(?<string>(?:[^']|'')*)'|(?<number>-?\d+(?:\.\d+)?)|(?<symbol><>|[*(),.=])/y;

export const tokenize = (sql: string): Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  while (at < sql.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(sql);
    if (match === null) throw new SqlError(sql, at, 'Not served by the local rules engine');
    const token = toToken(match.groups ?? {}, at);
    if (token) tokens.push(token);
    at = pattern.lastIndex;
  }
  return [...tokens, { kind: 'end', text: '', at }];
};

const kinds = ['word', 'string', 'number', 'symbol'] as const;

const toToken = (groups: Record<string, string | undefined>, at: number): Token | undefined => {
  for (const kind of kinds) {
    const text = groups[kind];
    if (text !== undefined) return { kind, text: kind === 'string' ? text.replaceAll("''", "'") : text, at };
  }
  return undefined;
};
