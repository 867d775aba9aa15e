// Versions of an application's values: one per change, made one after the other however many change them at the same time.
//
// The entry `values` holds the newest version and is the point of truth: saving it on the version that was read is what puts changes
// into a row. The version is filed behind it right after; if that is lost, the next change makes up for it.
import { isRefusal, type Refusal } from '#domain/refusal';
import type { World } from '#engine/ports';
import { keep, recall } from '../store/documents.ts';
import { all, load, newEntry, type Of, save } from '../store/entries.ts';
import type { Version } from '../store/kinds.ts';
import { inApp } from '../store/paths.ts';
import { noValues, type Scope, type ValueSet } from './value-set.ts';

export const latestId = '00000000-0000-0000-0000-000000000000';

const newVersionId = ({ chance }: World): string => {
  const hex = Buffer.from(chance.bytes(16)).toString('hex');
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
};

type Head = Of<'values'>;

const headOf = async (world: World, app: Of<'app'>): Promise<Head> => {
  const place = inApp(app, 'values');
  const empty = { last: null, latest: {} };
  const there = await load(world, place, app.body.uid);
  return there ?? { ...newEntry(place, app.body.uid, empty, world.clock.now()), version: 0 };
};

export const valuesAt = (
  world: World,
  { organization }: Of<'app'>,
  { document }: Version,
): Promise<ValueSet> => recall(world, organization, document);

const valuesIn = async (world: World, app: Of<'app'>, { body: { last } }: Head): Promise<ValueSet> =>
  last === null ? noValues : valuesAt(world, app, last);

export const currentValues = async (world: World, app: Of<'app'>): Promise<ValueSet> =>
  valuesIn(world, app, await headOf(world, app));

const versionsPlace = ({ organization }: Of<'app'>, owner: string) =>
  ({ organization, kind: 'version', owner }) as const;

/** Repeats do nothing: a version never changes. */
const file = (world: World, app: Of<'app'>, version: Version) =>
  save(world, newEntry(versionsPlace(app, version.scope), version.id, version, version.createdAt));

// ---- changing

export interface ChangedValues {
  readonly values: ValueSet;
  readonly change: Version['change'];
}

export interface ChangeValues {
  readonly app: Of<'app'>;
  readonly scope: Scope;
  readonly by: string;
  readonly comment?: string | null | undefined;
  readonly resultOf:
    | 'value_create'
    | 'value_update'
    | 'value_delete'
    | 'values_delete'
    | `value_set_version_${'restore' | 'purge'}`;
  readonly source?: string;
  /** Decides on what is there; asked again when somebody was faster. */
  readonly decide: (values: ValueSet) => Promise<ChangedValues | Refusal | 'nothing to do'>;
}

export interface MadeVersion {
  readonly version: Version;
  readonly values: ValueSet;
}

const versionOf = async (
  world: World,
  { app, scope, by, comment, resultOf, source }: ChangeValues,
  { values, change }: ChangedValues,
  earlier: Version | null,
): Promise<Version> => ({
  id: newVersionId(world),
  scope: scope.uid,
  document: await keep(world, app.organization, values),
  change,
  resultOf: `${scope.source}_${resultOf}`,
  source: source ?? null,
  comment: comment ?? '',
  // Two in one millisecond have an order too.
  createdAt: Math.max(world.clock.now(), (earlier?.createdAt ?? 0) + 1),
  createdBy: by,
});

const after = (head: Head, version: Version): Head => ({
  ...head,
  version: head.version + 1,
  updatedAt: version.createdAt,
  body: {
    last: version,
    latest: { ...head.body.latest, [version.scope]: { id: version.id, at: version.createdAt } },
  },
});

export const changeValues =
  (world: World) =>
  async (intent: ChangeValues): Promise<MadeVersion | Refusal | 'nothing to do'> => {
    for (;;) {
      const head = await headOf(world, intent.app);
      const changed = await intent.decide(await valuesIn(world, intent.app, head));
      if (changed === 'nothing to do' || isRefusal(changed)) return changed;
      const { last } = head.body;
      if (last !== null) await file(world, intent.app, last);
      const version = await versionOf(world, intent, changed, last);
      if (!(await save(world, after(head, version))).saved) continue;
      await file(world, intent.app, version);
      return { version, values: changed.values };
    }
  };

// ---- finding

/** Scopes whose changes an application, or one of its environments, sees. */
const seenBy = (app: Of<'app'>, { uid }: Pick<Scope, 'uid'>): readonly string[] => [
  ...new Set([app.body.uid, uid]),
];

export const latestVersionId = async (
  world: World,
  app: Of<'app'>,
  scope: Pick<Scope, 'uid'>,
): Promise<string | null> => {
  const { latest } = (await headOf(world, app)).body;
  const seen = seenBy(app, scope).flatMap((uid) => latest[uid] ?? []);
  return seen.sort((one, other) => other.at - one.at)[0]?.id ?? null;
};

export const findVersion = async (
  world: World,
  app: Of<'app'>,
  scope: Pick<Scope, 'uid'>,
  asked: string,
): Promise<Version | undefined> => {
  const id = asked === latestId ? await latestVersionId(world, app, scope) : asked;
  if (id === null) return undefined;
  const { last } = (await headOf(world, app)).body;
  const scopes = seenBy(app, scope);
  if (last?.id === id) return scopes.includes(last.scope) ? last : undefined;
  const found = await Promise.all(scopes.map((uid) => load(world, versionsPlace(app, uid), id)));
  return found.find((entry) => entry !== undefined)?.body;
};

/** Newest first. The list knows a new version a moment later than the entry that made it. */
export const versionsOf = async (world: World, app: Of<'app'>, scope: Scope): Promise<readonly Version[]> => {
  const scopes = seenBy(app, scope);
  const { last } = (await headOf(world, app)).body;
  const filed = await Promise.all(scopes.map((uid) => Array.fromAsync(all(world, versionsPlace(app, uid)))));
  const versions = filed.flat().map(({ body }) => body);
  const isMissing =
    last !== null && scopes.includes(last.scope) && !versions.some(({ id }) => id === last.id);
  return [...versions, ...(isMissing ? [last] : [])].sort((one, other) => other.createdAt - one.createdAt);
};
