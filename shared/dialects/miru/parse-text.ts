// The texts that callers send: JSON, and YAML, whose parser is loaded when the first is seen.
import { type Refusal, refuse } from '#domain/refusal';
import { inTime, reason } from './in-time.ts';

export type Format = 'json' | 'yaml';
type Parse = (text: string) => unknown;

const parsers: Readonly<Record<Format, () => Parse | Promise<Parse>>> = {
  json: () => JSON.parse,
  yaml: async () => (await import('./parse-yaml.ts')).parseYaml,
};

export const parseText = async (
  field: string,
  format: Format,
  text: string,
): Promise<{ readonly value: unknown } | Refusal> => {
  const parse = await parsers[format]();
  try {
    return { value: inTime(() => parse(text)) };
  } catch (cause) {
    return refuse('invalid', `${field} is not ${format.toUpperCase()}: ${reason(cause)}`, {
      field,
      reason: reason(cause),
    });
  }
};
