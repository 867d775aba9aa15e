// Which paths a target may name. Pure: what lies on the disk is looked at in inspect.ts.
import { deviceError } from '../errors.ts';
import { storeName } from './store.ts';

const segmentBytesMax = 255;

type Rule = readonly [
  code: 'path_invalid' | 'path_escapes' | 'path_reserved',
  broken: (segments: readonly string[]) => boolean,
];

/** In this order. A backslash is a separator on some systems, so it is a legal part of a name on none. */
const rules: readonly Rule[] = [
  ['path_escapes', (segments) => segments.includes('..')],
  ['path_invalid', (segments) => segments.length === 0],
  ['path_invalid', (segments) => segments.some((segment) => /[\0\\]/.test(segment))],
  ['path_invalid', (segments) => segments.some((segment) => Buffer.byteLength(segment) > segmentBytesMax)],
  // Without regard to case, since some disks have none.
  ['path_reserved', (segments) => segments[0]?.toLowerCase() === storeName],
];

/** The path below the root in its one spelling: no leading slash, no `.`, no empty segment. */
export const normalPath = (path: string): string => {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  const broken = rules.find(([, isBroken]) => isBroken(segments));
  if (broken) throw deviceError(broken[0], JSON.stringify(path));
  return segments.join('/');
};

/** `a/b/c` -> `a`, `a/b`. */
export const ancestorsOf = (path: string): string[] => {
  const segments = path.split('/');
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'));
};

/** No path twice, and none that is a directory of another. */
export const refuseConflicts = (paths: readonly string[]): void => {
  const taken = new Set(paths);
  if (taken.size < paths.length) {
    const twice = paths.find((path, index) => paths.indexOf(path) !== index);
    throw deviceError('path_conflict', `${JSON.stringify(twice)} twice`);
  }
  for (const path of paths) {
    const above = ancestorsOf(path).find((ancestor) => taken.has(ancestor));
    if (above) throw deviceError('path_conflict', `${JSON.stringify(path)} below ${JSON.stringify(above)}`);
  }
};
