// Salt: the bytes that come before a file in its content. The file is kept without them, and the record keeps them, so that its digest can still be checked.
import type { RecordedItem } from './store.ts';

type Salted = Pick<RecordedItem, 'salt'>;

/** What is recorded of an item whose content has come. */
export const recorded = (
  {
    path,
    digest,
    size,
    salt,
  }: Pick<RecordedItem, 'path' | 'digest' | 'size'> & { readonly salt?: number | undefined },
  contents: ReadonlyMap<string, Uint8Array>,
): RecordedItem => {
  const content = contents.get(digest);
  if (salt === undefined || content === undefined) return { path, digest, size };
  return { path, digest, size, salt: Buffer.from(content.subarray(0, salt)).toString('hex') };
};

export const withoutSalt = (content: Uint8Array, { salt = '' }: Salted): Uint8Array =>
  content.subarray(salt.length / 2);

/** The whole content, as it was fetched. */
export const withSalt = (file: Uint8Array, { salt }: Salted): Uint8Array =>
  salt === undefined ? file : Buffer.concat([Buffer.from(salt, 'hex'), file]);
