// The texts that callers send: JSON, and YAML, whose parser is loaded when the first is seen.
import { type Refusal, refuse } from '#domain/refusal';
import { inTime, reason } from './in-time.ts';

export type Format = 'json' | 'yaml';
type Parse = (text: string) => unknown;

/** JSON takes as long as it is long, and who watches the time takes longer: only YAML can make much of little. */
const parsers: Readonly<Record<Format, () => Parse | Promise<Parse>>> = {
  json: () => JSON.parse,
  yaml: async () => {
    const { parseYaml } = await import('./parse-yaml.ts');
    return (text) => inTime(() => parseYaml(text));
  },
};

export const parseText = async (
  field: string,
  format: Format,
  text: string,
): Promise<{ readonly value: unknown } | Refusal> => {
  const parse = await parsers[format]();
  try {
    return { value: parse(text) };
  } catch (cause) {
    return refuse('invalid', `${field} is not ${format.toUpperCase()}: ${reason(cause)}`, {
      field,
      reason: reason(cause),
    });
  }
};
