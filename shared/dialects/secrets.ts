// Which fields of entries are secret, or may be: they do not leave with an export.

/** In every kind: what signs, and what tokens are compared with. */
const always: ReadonlySet<string> = new Set(['secret', 'tokenHash']);

/** By the beginning of a kind. Whether a value is secret stands elsewhere: its text is withheld in any case. */
const fields: Readonly<Record<string, ReadonlySet<string>>> = {
  // Without its salt nobody can try out on the digests of files what the text is.
  'humanitec_value@': new Set(['text', 'salt']),
  'humanitec_webhook@': new Set(['headers']),
};

export const isSecret = (kind: string, field: string): boolean =>
  always.has(field) ||
  Object.entries(fields).some(([beginning, secret]) => kind.startsWith(beginning) && secret.has(field));
