// Going back to a version, whole or one key of it, and destroying what a version held.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import type { World } from '#engine/ports';
import { own } from '../json.ts';
import type { Of } from '../store/entries.ts';
import type { Version } from '../store/kinds.ts';
import type { Scoped } from './scope.ts';
import { destroyText } from './texts.ts';
import {
  changeBetween,
  purgedKeys,
  type Refs,
  refsOf,
  type Scope,
  type ValueRef,
  type ValueSet,
  viewFor,
  withRefs,
} from './value-set.ts';
import { changeValues, currentValues, type MadeVersion, valuesAt } from './versions.ts';

export interface FromVersion extends Scoped {
  readonly version: Version;
  readonly by: string;
  readonly comment: string | null | undefined;
}

type Made = Promise<MadeVersion | Refusal | 'nothing to do'>;

const hasNoKey = (key: string, { id }: Version): Refusal =>
  refuse('invalid', `Version ${id} has no value ${key} here.`, { key, version: id });

const isPurged = (keys: readonly string[], { id }: Version): Refusal =>
  refuse('invalid', `Version ${id} cannot be used: purged are ${keys.join(', ')}.`, { keys, version: id });

/** What has not changed since stays as it is; what comes back was touched now. */
const backAgain = (wanted: Refs, current: Refs, now: number): Refs =>
  Object.fromEntries(
    Object.entries(wanted).map(([key, ref]) => {
      const there = own(current, key);
      const same =
        there !== undefined &&
        there.text === ref.text &&
        there.secretKey === ref.secretKey &&
        there.description === ref.description;
      return [key, same ? there : { ...ref, updatedAt: now }];
    }),
  );

/** Wrapped: a value may be called `refused`. */
type Wanted = (then: Refs, current: Refs) => { readonly refs: Refs } | Refusal;

const restored = (world: World, intent: FromVersion, wantedOf: Wanted): Made =>
  changeValues(world)({
    ...intent,
    resultOf: 'value_set_version_restore',
    source: intent.version.id,
    decide: async (values) => {
      const { app, scope, version } = intent;
      const current = refsOf(values, scope.uid);
      const wanted = wantedOf(refsOf(await valuesAt(world, app, version), scope.uid), current);
      if (isRefusal(wanted)) return wanted;
      const refs = backAgain(wanted.refs, current, world.clock.now());
      const purged = purgedKeys(values, Object.entries(refs));
      if (purged.length > 0) return isPurged(purged, version);
      return { values: withRefs(values, scope.uid, refs), change: changeBetween(refs, current) };
    },
  });

export const restoreAll =
  (world: World) =>
  (intent: FromVersion): Made =>
    restored(world, intent, (refs) => ({ refs }));

export const restoreKey =
  (world: World) =>
  (intent: FromVersion, key: string): Made =>
    restored(world, intent, (then, current) => {
      const ref = own(then, key);
      return ref === undefined ? hasNoKey(key, intent.version) : { refs: { ...current, [key]: ref } };
    });

// ---- purge

const purgeable = async (
  world: World,
  { app, scope, version }: FromVersion,
  key: string,
): Promise<string | Refusal> => {
  const ref = own(refsOf(await valuesAt(world, app, version), scope.uid), key);
  if (ref === undefined) return hasNoKey(key, version);
  return ref.text ?? refuse('invalid', `${key} is kept in another store: it is purged there.`, { key });
};

const inUse = (key: string): Refusal =>
  refuse('invalid', `${key} has this value still: change or delete it first.`, { key });

const isCurrent = (values: ValueSet, { uid }: Scope, key: string, text: string): boolean =>
  own(refsOf(values, uid), key)?.text === text;

/** First no version may use it any more, then it is gone: see `value-set.ts`. */
export const purge =
  (world: World) =>
  async (intent: FromVersion, key: string): Promise<Refusal | undefined> => {
    const text = await purgeable(world, intent, key);
    if (typeof text !== 'string') return text;
    const made = await changeValues(world)({
      ...intent,
      resultOf: 'value_set_version_purge',
      source: intent.version.id,
      decide: async (values) => {
        if (values.purged.includes(text)) return 'nothing to do';
        if (isCurrent(values, intent.scope, key, text)) return inUse(key);
        return { values: { ...values, purged: [...values.purged, text] }, change: [] };
      },
    });
    if (isRefusal(made)) return made;
    await destroyText(world, intent.app.organization, intent.scope.uid, text);
    return undefined;
  };

/** Why a deployment cannot use a version of its environment's values, if it cannot. */
export const whyUnusable = async (
  world: World,
  app: Of<'app'>,
  scope: Scope,
  version: Version,
): Promise<Refusal | undefined> => {
  const [then, now] = await Promise.all([valuesAt(world, app, version), currentValues(world, app)]);
  const refs = [...viewFor(then, app.body.uid, scope.uid)].map(([key, { ref }]): [string, ValueRef] => [
    key,
    ref,
  ]);
  const purged = purgedKeys(now, refs);
  return purged.length === 0 ? undefined : isPurged(purged, version);
};
