// A document with its values put in: canonical JSON, in which secrets are left out for the moment in which it is fetched.
import { isRef, jsonEscaped, type Part } from '#engine/secret-content';
import { isObject, type Json } from '../json.ts';
import { isPlaceholder, piecesOf } from './placeholders.ts';

/** What a placeholder stands for. It is put in as it is: placeholders in it are text. */
export type PartFor = (key: string) => Part;

/** Texts that follow each other become one. */
const joined = (parts: readonly Part[]): readonly Part[] => {
  const all: Part[] = [];
  let texts: string[] = [];
  for (const part of [...parts, undefined]) {
    if (typeof part === 'string') {
      texts.push(part);
      continue;
    }
    if (texts.length > 0) all.push(texts.join(''));
    texts = [];
    if (part !== undefined) all.push(part);
  }
  return all;
};

const escapedParts = (text: string, partFor: PartFor): readonly Part[] => {
  const parts = piecesOf(text).map((piece) => (isPlaceholder(piece) ? partFor(piece.key) : piece));
  return joined(parts).map((part) => (isRef(part) ? part : jsonEscaped(part)));
};

type Write = (...parts: readonly Part[]) => void;

const writeList = <Item>(items: readonly Item[], write: Write, writeItem: (item: Item) => void): void => {
  for (const [at, item] of items.entries()) {
    if (at > 0) write(',');
    writeItem(item);
  }
};

const writeDocument = (document: Json, partFor: PartFor, write: Write): void => {
  if (typeof document === 'string') {
    write('"');
    for (const part of escapedParts(document, partFor)) write(part);
    write('"');
  } else if (Array.isArray(document)) {
    write('[');
    writeList(document, write, (item) => writeDocument(item, partFor, write));
    write(']');
  } else if (isObject(document)) {
    write('{');
    // As RFC 8785 orders them. A key is no place for a value.
    writeList(Object.keys(document).sort(), write, (key) => {
      write(JSON.stringify(key), ':');
      writeDocument(document[key] ?? null, partFor, write);
    });
    write('}');
  } else write(JSON.stringify(document));
};

export const renderDocument = (document: Json, partFor: PartFor): readonly Part[] => {
  const parts: Part[] = [];
  writeDocument(document, partFor, (...more) => void parts.push(...more));
  return joined(parts);
};
