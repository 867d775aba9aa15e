// Where an instance is written on the device: below a root, and nowhere else.
import { type Refusal, refuse } from '#domain/refusal';

const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

const control = /\p{Cc}/u;

const faults: readonly { readonly is: (path: string) => boolean; readonly reason: string }[] = [
  { is: (path) => segmentsOf(path).length === 0, reason: 'names no file' },
  { is: (path) => path.endsWith('/'), reason: 'names a folder, not a file' },
  {
    is: (path) => segmentsOf(path).some((segment) => segment === '..' || segment === '.'),
    reason: 'has `.` or `..` in it',
  },
  {
    is: (path) => path.includes('\\') || control.test(path),
    reason: 'has a backslash or a control character in it',
  },
  {
    is: (path) => segmentsOf(path).some((segment) => Buffer.byteLength(segment) > 255),
    reason: 'has a name of more than 255 bytes',
  },
];

export const refuseFilepath = (field: string, path: string): Refusal | undefined => {
  const fault = faults.find(({ is }) => is(path));
  return (
    fault && refuse('invalid', `${field} ${fault.reason}.`, { field, reason: fault.reason, value: path })
  );
};

/** The same file, however it is spelled. */
export const normalized = (path: string): string => `/${segmentsOf(path).join('/')}`;

/** Two files of which one would be the other, or lie below it. */
export const collisionOf = (paths: readonly string[]): readonly [string, string] | undefined => {
  const sorted = paths.map(normalized).sort();
  for (const [at, path] of sorted.entries())
    for (const other of sorted.slice(at + 1))
      if (other === path || other.startsWith(`${path}/`)) return [path, other];
  return undefined;
};

export const defaultFilepath = (slug: string, format: string): string =>
  `/srv/miru/configs/${slug}.${format}`;
