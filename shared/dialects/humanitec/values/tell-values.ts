// Values in Humanitec's words. A secret's text is never read here.
import type * as z from 'zod';
import type { World } from '#engine/ports';
import { own } from '../json.ts';
import type * as is from '../objects.ts';
import type { Of } from '../store/entries.ts';
import type { Version } from '../store/kinds.ts';
import { time } from '../time.ts';
import { readTexts } from './texts.ts';
import {
  noValues,
  refsOf,
  type Scope,
  type SourcedRef,
  type ValueRef,
  type ValueSet,
  viewFor,
} from './value-set.ts';
import { valuesAt } from './versions.ts';

type Value = z.infer<typeof is.value>;

export const tellValue = (key: string, { source, ref }: SourcedRef, text: string): Value => ({
  key,
  value: ref.isSecret ? '' : text,
  description: ref.description,
  is_secret: ref.isSecret,
  source,
  created_at: time(ref.createdAt),
  updated_at: time(ref.updatedAt),
  secret_key: ref.secretKey,
  secret_store_id: ref.storeId,
  secret_version: ref.secretVersion,
});

type View = ReadonlyMap<string, SourcedRef>;

const readable = (views: readonly View[], source: SourcedRef['source']): string[] =>
  views.flatMap((view) =>
    [...view.values()].flatMap(({ ref, source: its }) =>
      its === source && !ref.isSecret && ref.text !== null ? ref.text : [],
    ),
  );

const textsOf = async (world: World, app: Of<'app'>, scope: Scope, views: readonly View[]) => {
  const texts = await Promise.all([
    readTexts(world, app.organization, app.body.uid, readable(views, 'app')),
    readTexts(world, app.organization, scope.uid, readable(views, 'env')),
  ]);
  return ({ text }: ValueRef): string =>
    text === null ? '' : (texts[0].get(text) ?? texts[1].get(text) ?? '');
};

const viewIn = (app: Of<'app'>, scope: Scope, values: ValueSet): View =>
  viewFor(values, app.body.uid, scope.source === 'env' ? scope.uid : undefined);

export const tellValues = async (
  world: World,
  app: Of<'app'>,
  scope: Scope,
  values: ValueSet,
): Promise<Value[]> => {
  const view = viewIn(app, scope, values);
  const textOf = await textsOf(world, app, scope, [view]);
  return [...view].map(([key, sourced]) => tellValue(key, sourced, textOf(sourced.ref)));
};

const changedValue = (
  app: Of<'app'>,
  { scope }: Version,
  values: ValueSet,
  key: string,
): SourcedRef | undefined => {
  const ref = own(refsOf(values, scope), key);
  return ref && { ref, source: scope === app.body.uid ? 'app' : 'env' };
};

/** As they are seen from a scope: an environment sees its own values over the application's. */
export const tellVersions = async (
  world: World,
  app: Of<'app'>,
  scope: Scope,
  versions: readonly Version[],
): Promise<z.infer<typeof is.valueSetVersion>[]> => {
  const sets = await Promise.all(versions.map((version) => valuesAt(world, app, version)));
  const views = sets.map((values) => viewIn(app, scope, values));
  const textOf = await textsOf(world, app, scope, views);
  const told = (key: string, sourced: SourcedRef): Value => tellValue(key, sourced, textOf(sourced.ref));
  return versions.map((version, at) => ({
    id: version.id,
    created_at: time(version.createdAt),
    updated_at: time(version.createdAt),
    created_by: version.createdBy,
    comment: version.comment,
    change: version.change.map(({ op, key }) => {
      const changed = changedValue(app, version, sets[at] ?? noValues, key);
      return { op, path: `/${key}`, ...(changed === undefined ? {} : { value: told(key, changed) }) };
    }),
    values: Object.fromEntries([...(views[at] ?? [])].map(([key, sourced]) => [key, told(key, sourced)])),
    source_value_set_version_id: version.source,
    result_of: version.resultOf,
  }));
};
