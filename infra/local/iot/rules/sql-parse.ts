// AWS IoT SQL, the part that is served, by recursive descent; anything else is an error that names the place.
import { isTopicFilter } from '../topics.ts';
import type { Expression } from './sql-evaluate.ts';
import * as evaluate from './sql-evaluate.ts';
import { SqlError, type Token, tokenize } from './sql-tokens.ts';

export interface Statement {
  /** `SELECT *`, with or without further columns. */
  isWhole: boolean;
  columns: { name: string; value: Expression }[];
  filter: string;
  where: Expression | undefined;
}

/** select := column ("," column)*;  column := "*" | value AS name */
export const parseSql = (sql: string): Statement => {
  const words = readerOf(sql);
  words.expectWord('SELECT');
  const columns = listOf(words, () => parseColumn(words));
  words.expectWord('FROM');
  const filter = words.expect('string', 'a topic filter in quotes');
  if (!isTopicFilter(filter)) words.fail('The topic filter is not valid');
  const where = words.takeWord('WHERE') ? parseOr(words) : undefined;
  words.expect('end', 'the end of the statement');
  return {
    isWhole: columns.includes('*'),
    columns: columns.filter((column) => column !== '*'),
    filter,
    where,
  };
};

const parseColumn = (words: Reader) => {
  if (words.takeSymbol('*')) return '*';
  const value = parseValue(words);
  words.expectWord('AS');
  return { name: words.expect('word', 'a name'), value };
};

const parseOr = (words: Reader): Expression => {
  let left = parseAnd(words);
  while (words.takeWord('OR')) left = evaluate.or(left, parseAnd(words));
  return left;
};

const parseAnd = (words: Reader): Expression => {
  let left = parseNot(words);
  while (words.takeWord('AND')) left = evaluate.and(left, parseNot(words));
  return left;
};

const parseNot = (words: Reader): Expression =>
  words.takeWord('NOT') ? evaluate.negated(parseNot(words)) : parseComparison(words);

const parseComparison = (words: Reader): Expression => {
  const left = parseOperand(words);
  if (words.takeSymbol('=')) return evaluate.equal(left, parseOperand(words));
  if (words.takeSymbol('<>')) return evaluate.different(left, parseOperand(words));
  return left;
};

const parseOperand = (words: Reader): Expression => {
  if (!words.takeSymbol('(')) return parseValue(words);
  const inner = parseOr(words);
  words.expectSymbol(')');
  return inner;
};

const parseValue = (words: Reader): Expression => {
  const token = words.peek();
  if (token.kind === 'string') return evaluate.literal(words.next().text);
  if (token.kind === 'number') return evaluate.literal(Number(words.next().text));
  if (token.kind !== 'word' || reserved.has(token.text.toUpperCase()))
    return words.fail('A value is expected');
  const name = words.next().text;
  if (words.takeSymbol('(')) return parseCall(words, name, token);
  return constants[name.toLowerCase()] ?? parsePath(words, name);
};

const reserved = new Set([
  'SELECT',
  'FROM',
  'WHERE',
  'AS',
  'AND',
  'OR',
  'NOT',
  'IN',
  'LIKE',
  'CASE',
  'EXISTS',
]);

const constants: Record<string, Expression> = {
  true: evaluate.literal(true),
  false: evaluate.literal(false),
  null: evaluate.literal(null),
};

const parsePath = (words: Reader, first: string): Expression => {
  const keys = [first];
  while (words.takeSymbol('.')) keys.push(words.expect('word', 'the next part of the path'));
  return evaluate.path(keys);
};

const parseCall = (words: Reader, name: string, at: Token): Expression => {
  const parse = functions[name.toLowerCase()];
  if (parse === undefined) return words.fail(`The function ${name}() is not served`, at);
  const value = parse(words);
  words.expectSymbol(')');
  return value;
};

const functions: Record<string, (words: Reader) => Expression> = {
  topic: (words) => {
    if (words.peek().text === ')') return evaluate.wholeTopic;
    const position = Number(words.expect('number', 'a position in the topic'));
    return Number.isInteger(position) && position >= 1
      ? evaluate.topicSegment(position)
      : words.fail('Positions in a topic are counted from 1');
  },
  timestamp: () => evaluate.timestamp,
  clientid: () => evaluate.clientId,
  encode: (words) => {
    words.expectSymbol('*');
    words.expectSymbol(',');
    const scheme = words.expect('string', "'base64'");
    return scheme === 'base64' ? evaluate.payloadBase64 : words.fail(`The encoding ${scheme} is not served`);
  },
  isundefined: (words) => evaluate.isUndefined(parseOr(words)),
  isnull: (words) => evaluate.isNull(parseOr(words)),
};

const listOf = <Item>(words: Reader, parse: () => Item): Item[] => {
  const items = [parse()];
  while (words.takeSymbol(',')) items.push(parse());
  return items;
};

type Reader = ReturnType<typeof readerOf>;

const readerOf = (sql: string) => {
  const tokens = tokenize(sql);
  const end: Token = { kind: 'end', text: '', at: sql.length };
  let position = 0;
  const peek = (): Token => tokens[position] ?? end;
  const next = (): Token => {
    const token = peek();
    position += 1;
    return token;
  };
  const fail = (problem: string, token = peek()): never => {
    throw new SqlError(sql, token.at, problem);
  };
  const isWord = (word: string) => peek().kind === 'word' && peek().text.toUpperCase() === word;
  const isSymbol = (symbol: string) => peek().kind === 'symbol' && peek().text === symbol;
  const takeWord = (word: string): boolean => isWord(word) && Boolean(next());
  const takeSymbol = (symbol: string): boolean => isSymbol(symbol) && Boolean(next());
  return {
    peek,
    next,
    fail,
    takeWord,
    takeSymbol,
    expectWord: (word: string): void => void (takeWord(word) || fail(`${word} is expected`)),
    expectSymbol: (symbol: string): void => void (takeSymbol(symbol) || fail(`${symbol} is expected`)),
    expect: (kind: Token['kind'], what: string): string =>
      peek().kind === kind ? next().text : fail(`Expected ${what}`),
  };
};
