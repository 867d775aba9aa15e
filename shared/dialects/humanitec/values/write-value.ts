// Writing one value: its text first, then the version that names it.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import type { World } from '#engine/ports';
import { own } from '../json.ts';
import { type Made, repeatOf } from '../store/repeats.ts';
import type { Scoped } from './scope.ts';
import { destroyText, keepText } from './texts.ts';
import {
  changeBetween,
  noValues,
  type Refs,
  refsOf,
  type Scope,
  type ValueRef,
  type ValueSet,
  withRefs,
} from './value-set.ts';
import { type ChangedValues, changeValues, type MadeVersion } from './versions.ts';

/** Where a value's text is to come from: ours to keep, or somebody else's store. */
export type Given =
  | { readonly text: string }
  | { readonly store: string; readonly ref: string; readonly version: string | null }
  | undefined;

export interface WriteValue extends Scoped {
  readonly key: string;
  readonly by: string;
  readonly given: Given;
  readonly description: string | undefined;
  /** A new value: whether it is a secret, and which request makes it. Undefined: it must be there. */
  readonly create?: { readonly isSecret: boolean; readonly made: Made | null };
}

const valuesMax = 1_000;

const missing = (key: string): Refusal => refuse('not_found', `There is no value ${key}.`, { key });

const refuseCreation = (refs: Refs, key: string): Refusal | undefined => {
  if (own(refs, key) !== undefined)
    return refuse('already_exists', `There is a value ${key} already.`, { field: 'key', value: key });
  return Object.keys(refs).length < valuesMax
    ? undefined
    : refuse('invalid', `There are at most ${valuesMax} values.`, { limit: valuesMax });
};

const refuseWrite = (refs: Refs, { key, create, given }: WriteValue): Refusal | undefined => {
  if (create !== undefined) return refuseCreation(refs, key);
  const before = own(refs, key);
  if (before === undefined) return missing(key);
  return given !== undefined && 'ref' in given && !before.isSecret
    ? refuse('invalid', `${key} is no secret: it cannot refer to one.`, { field: 'secret_ref' })
    : undefined;
};

const ownStore = 'humanitec';

type Secret = Pick<ValueRef, 'secretKey' | 'storeId' | 'secretVersion'>;
const noSecret: Secret = { secretKey: null, storeId: null, secretVersion: null };

/** What a client may say of a secret: its name and its version in the store, never its text. */
const secretOf = ({ storePath }: Scope, key: string, given: Given, count: number): Secret =>
  given !== undefined && 'ref' in given
    ? { secretKey: given.ref, storeId: given.store, secretVersion: given.version }
    : { secretKey: `${storePath}--secret_values--${key}`, storeId: ownStore, secretVersion: String(count) };

const written = (
  values: ValueSet,
  { scope, key, given, description, create }: WriteValue,
  text: string | null,
  now: number,
): ChangedValues => {
  const refs = refsOf(values, scope.uid);
  const before = own(refs, key);
  const isSecret = before?.isSecret ?? create?.isSecret ?? false;
  const counter = `${scope.uid}/${key}`;
  const count = (own(values.counts, counter) ?? 0) + (isSecret && text !== null ? 1 : 0);
  const textual =
    given === undefined ? {} : { text, ...(isSecret ? secretOf(scope, key, given, count) : noSecret) };
  const ref: ValueRef = {
    text: null,
    isSecret,
    createdAt: now,
    made: create?.made ?? null,
    ...noSecret,
    ...before,
    ...textual,
    description: description ?? before?.description ?? '',
    updatedAt: now,
  };
  const next = withRefs(values, scope.uid, { ...refs, [key]: ref });
  return {
    values: isSecret && text !== null ? { ...next, counts: { ...values.counts, [counter]: count } } : next,
    change: [{ op: before === undefined ? 'add' : 'replace', key }],
  };
};

/** Kept once, however often somebody else is faster; taken away again when it is not to be. */
const pendingText = (world: World, { app, scope, given }: WriteValue) => {
  let name: string | undefined;
  return {
    keep: async (): Promise<string | null> => {
      if (given === undefined || !('text' in given)) return null;
      name ??= await keepText(world, app.organization, scope.uid, given.text);
      return name;
    },
    drop: async (): Promise<void> => {
      if (name !== undefined) await destroyText(world, app.organization, scope.uid, name);
    },
  };
};

/** Answers the version that has the value, made now or by an equal request before. */
export const writeValue =
  (world: World) =>
  async (intent: WriteValue): Promise<ValueSet | Refusal> => {
    const text = pendingText(world, intent);
    let there = noValues;
    const made = await changeValues(world)({
      ...intent,
      resultOf: intent.create === undefined ? 'value_update' : 'value_create',
      decide: async (values) => {
        there = values;
        const refs = refsOf(values, intent.scope.uid);
        const repeat = repeatOf(Object.values(refs), intent.create?.made ?? null, world.clock.now());
        if (repeat !== undefined) return isRefusal(repeat) ? repeat : 'nothing to do';
        return refuseWrite(refs, intent) ?? written(values, intent, await text.keep(), world.clock.now());
      },
    });
    if (made === 'nothing to do' || isRefusal(made)) await text.drop();
    if (made === 'nothing to do') return there;
    return isRefusal(made) ? made : made.values;
  };

export interface RemoveValues extends Scoped {
  readonly by: string;
  /** Undefined: all of them. */
  readonly key?: string;
}

/** What is removed stays in the versions before it, until it is purged. */
export const removeValues =
  (world: World) =>
  async ({ key, ...intent }: RemoveValues): Promise<MadeVersion | Refusal | 'nothing to do'> =>
    changeValues(world)({
      ...intent,
      resultOf: key === undefined ? 'values_delete' : 'value_delete',
      decide: async (values) => {
        const before = refsOf(values, intent.scope.uid);
        if (key !== undefined && own(before, key) === undefined) return missing(key);
        const kept = Object.entries(before).filter(([other]) => key !== undefined && other !== key);
        const refs = Object.fromEntries(kept);
        const change = changeBetween(refs, before);
        return change.length === 0
          ? 'nothing to do'
          : { values: withRefs(values, intent.scope.uid, refs), change };
      },
    });
