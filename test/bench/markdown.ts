// Tables and numbers as Markdown.

type Cell = string | number;

/** As many digits as mean something: 10.5, 0.047, 2,227. */
export const shown = (value: Cell): string => {
  if (typeof value === 'string') return value;
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(Math.abs(value) >= 100 ? 4 : 3)));
};

const line = (cells: readonly Cell[]): string => `| ${cells.map(shown).join(' | ')} |`;

/** The first column is of words, the others of numbers, unless the head says otherwise by a leading `<`. */
export const tableOf = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [
    line(head.map((title) => title.replace('<', ''))),
    line(head.map((title, at) => (at === 0 || title.startsWith('<') ? '---' : '--:'))),
    ...rows.map(line),
  ].join('\n');

export const dollars = (value: number): string => `$${value.toFixed(2)}`;
