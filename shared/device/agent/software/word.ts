// What `reported.current` says of a list. The end of a run is said by its result and never here: a report that overtook the
// result, or outlived a lost one, would end the deployment without its outputs.
import { type Current, protocolVersion, type RunTarget } from '../../shadow.ts';
import { digestOf } from '../digest.ts';
import { type Trouble, troubleOf } from '../errors.ts';
import type { Pointer } from './list.ts';

const about = (
  { seq, deployment, manifest }: Pointer,
  state: Current['state'],
  attempt: number,
): Current => ({
  v: protocolVersion,
  seq,
  deployment,
  manifest,
  state,
  attempt,
  error: null,
});

/** Where it takes its time; from then on until its pointer has left the list, also when it has ended. */
export const begun = (pointer: Pointer, attempt = 1): Current => about(pointer, 'applying', attempt);

/** It could not be started, and will be tried again. */
export const retrying = (pointer: Pointer, attempt: number, error: Trouble): Current => ({
  ...about(pointer, 'retrying', attempt),
  error: troubleOf(error),
});

/** The list itself cannot be read, and nothing of it is run. */
export const refused = (pointer: Pointer, error: Trouble): Current => ({
  ...about(pointer, 'failed', 1),
  error: troubleOf(error),
});

const emptyManifest = digestOf('{"items":[],"v":1}');

/** Under the seq of a list without pointers: no deployment has it, so this can end none. */
const nothingLeft = (list: RunTarget): Current =>
  about({ seq: list.seq, deployment: '', manifest: emptyManifest }, 'removed', 1);

/** What there is to say of a list by itself; undefined while nothing of it was begun. */
export const wordOn = (list: RunTarget, wasBegun: (deployment: string) => boolean): Current | undefined => {
  const last = list.run.findLast(({ deployment }) => wasBegun(deployment));
  if (last) return begun(last);
  return list.run.length === 0 ? nothingLeft(list) : undefined;
};
