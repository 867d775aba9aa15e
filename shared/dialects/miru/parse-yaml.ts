// YAML as callers write it: one document, no key twice.
import { isScalar, parseDocument, visit } from 'yaml';

/** The library looks for equal keys by comparing each with each: this is the same in linear time. */
const refuseEqualKeys = (document: ReturnType<typeof parseDocument>): void =>
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const value = isScalar(key) ? key.value : key;
        if (seen.has(value)) throw new Error(`Map keys must be unique: ${String(value)}`);
        seen.add(value);
      }
    },
  });

export const parseYaml = (text: string): unknown => {
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: true, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  refuseEqualKeys(document);
  return document.toJS({ maxAliasCount: 100 });
};
