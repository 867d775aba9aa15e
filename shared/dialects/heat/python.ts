// The few habits of Python that Heat's clients can see: what counts as empty, and how a value is written as text.

/** `null`, `false`, `0`, `""`, `[]` and `{}`: in an update they all mean "leave it as it is". */
export const isEmpty = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return !value;
};

const quoted = (text: string): string => {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `${quote}${quote === "'" ? escaped.replaceAll("'", "\\'") : escaped}${quote}`;
};

const words = new Map<unknown, string>([
  [null, 'None'],
  [undefined, 'None'],
  [true, 'True'],
  [false, 'False'],
]);

const repr = (value: unknown): string => (typeof value === 'string' ? quoted(value) : pythonText(value));

/** As `str(value)` writes it: `None`, `True`, `7`, `{'a': 1}`. */
export const pythonText = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([name, each]) => `${repr(name)}: ${repr(each)}`)
      .join(', ')}}`;
  return words.get(value) ?? String(value);
};

/** Python sorts text by code points, which is the order of its UTF-8 bytes. */
export const byCodePoints = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other));
