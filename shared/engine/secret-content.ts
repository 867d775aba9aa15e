// Content with secrets in it lies nowhere as a whole: kept is a template that names where their texts lie, and what a thing fetches is put together when it fetches it.
//
// Before it comes salt, which follows from salts that lie beside the texts: the digest of the whole can be sealed and verified like any
// other, and once a text has been destroyed nobody can try out any more what it was.
import { createHash } from 'node:crypto';
import type { Digest } from '#domain/deployment';
import type { Catalog, Contents, Entry } from './ports.ts';
import { canonicalJson, digestOf, sealContent } from './seal.ts';

/** An entry of the catalog whose body is a `Secret`. */
export type SecretRef = Pick<Entry, 'kind' | 'id'>;

export interface Secret {
  readonly text: string;
  readonly salt: string;
}

/** Text as it is, or a secret that belongs inside of a string of JSON. */
export type Part = string | SecretRef;

interface Template {
  readonly v: 1;
  readonly parts: readonly Part[];
}

export type SecretOf = (ref: SecretRef) => Secret | undefined;

export const saltBytes = 32;

export const isRef = (part: Part): part is SecretRef => typeof part !== 'string';

/** What stands between the quotes. */
export const jsonEscaped = (text: string): string => JSON.stringify(text).slice(1, -1);

const saltFrom = (digest: Digest, secrets: readonly Secret[]): Buffer =>
  createHash('sha256')
    .update(canonicalJson([digest, ...secrets.map(({ salt }) => salt)]))
    .digest();

/** Undefined: not all of it is there. */
const filled = (digest: Digest, parts: readonly Part[], secretOf: SecretOf): Buffer | undefined => {
  const secrets = parts.filter(isRef).map(secretOf);
  if (!secrets.every((found) => found !== undefined)) return undefined;
  let used = 0;
  const texts = parts.map((part) => (isRef(part) ? jsonEscaped(secrets[used++]?.text ?? '') : part));
  return Buffer.concat([saltFrom(digest, secrets), Buffer.from(texts.join(''))]);
};

/** Of a manifest's item. */
interface Sealed {
  readonly digest: Digest;
  readonly size: number;
  readonly salt: number;
  readonly template: Digest;
}

/** Stores the template alone. Undefined: a secret is not there (any more), and nothing is stored. */
export const sealSecretContent = async (
  contents: Contents,
  organization: string,
  parts: readonly Part[],
  secretOf: SecretOf,
): Promise<Sealed | undefined> => {
  const text = canonicalJson({ v: 1, parts } satisfies Template);
  const bytes = filled(digestOf(text), parts, secretOf);
  if (bytes === undefined) return undefined;
  return {
    digest: digestOf(bytes),
    size: bytes.length,
    salt: saltBytes,
    template: await sealContent(contents, organization, Buffer.from(text)),
  };
};

const nameOf = ({ kind, id }: SecretRef): string => JSON.stringify([kind, id]);

/** One that was kept before there were salts has none. */
const secretIn = ({ kind, id, body: { text, salt = '' } }: Entry): Secret => {
  if (typeof text === 'string' && typeof salt === 'string') return { text, salt };
  throw new Error(`The entry ${id} of ${kind} holds no secret.`);
};

const loadSecrets = async (
  catalog: Catalog,
  organization: string,
  refs: readonly SecretRef[],
): Promise<SecretOf> => {
  const byKind = Map.groupBy(refs, ({ kind }) => kind);
  const found = await Promise.all(
    [...byKind].map(([kind, theirs]) =>
      catalog.loadMany(organization, kind, [...new Set(theirs.map(({ id }) => id))]),
    ),
  );
  const secrets = new Map(found.flat().map((entry) => [nameOf(entry), secretIn(entry)]));
  return (ref) => secrets.get(nameOf(ref));
};

/** All bytes, salt included. Undefined: a secret was destroyed, so that nobody can have it any more. */
export const renderTemplate =
  ({ contents, catalog }: { readonly contents: Contents; readonly catalog: Catalog }) =>
  async (organization: string, digest: Digest): Promise<Uint8Array | undefined> => {
    const bytes = await contents.get(organization, digest);
    if (bytes === undefined) throw new Error(`Template ${digest} of ${organization} is missing.`);
    const { v, parts }: Template = JSON.parse(Buffer.from(bytes).toString());
    if (v !== 1) throw new Error(`Template ${digest} of ${organization} is of version ${v}.`);
    return filled(digest, parts, await loadSecrets(catalog, organization, parts.filter(isRef)));
  };
