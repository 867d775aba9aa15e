// Content never changes: what a worker has read once it need not read again, up to so many bytes.
import type { Contents } from './ports.ts';

/** 100,000 devices that fetch one file must not heat one partition. */
export const cachedContents = (contents: Contents, bytesMax: number): Contents => {
  const kept = new Map<string, Uint8Array>();
  let used = 0;
  const keep = (name: string, bytes: Uint8Array): void => {
    if (bytes.length > bytesMax) return;
    kept.set(name, bytes);
    used += bytes.length;
    for (const [oldest, old] of kept) {
      if (used <= bytesMax) return;
      kept.delete(oldest);
      used -= old.length;
    }
  };
  const through = async (
    name: string,
    read: () => Promise<Uint8Array | undefined>,
  ): Promise<Uint8Array | undefined> => {
    const known = kept.get(name);
    if (known !== undefined) return known;
    const bytes = await read();
    if (bytes !== undefined && !kept.has(name)) keep(name, bytes);
    return bytes;
  };
  return {
    put: contents.put,
    chunk: (organization, digest, index) =>
      through(JSON.stringify([organization, digest, index]), () =>
        contents.chunk(organization, digest, index),
      ),
    get: (organization, digest) =>
      through(JSON.stringify([organization, digest]), () => contents.get(organization, digest)),
  };
};
