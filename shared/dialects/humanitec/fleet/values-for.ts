// What stands for the placeholders of a set: texts of the values that an environment sees in one version, as far as they are there.
import type { World } from '#engine/ports';
import type { Secret, SecretRef } from '#engine/secret-content';
import type { Of } from '../store/entries.ts';
import { placeOfText, readSaltedTexts } from '../values/texts.ts';
import { noValues, type SourcedRef, viewFor } from '../values/value-set.ts';
import { currentValues, findVersion, valuesAt } from '../values/versions.ts';

/** The application that has the set and the values, and the environment that they are rendered for. */
export interface Where {
  readonly app: Of<'app'>;
  readonly envUid: string;
  readonly valueSetVersionId: string | null;
}

export interface FoundValue extends Secret {
  readonly isSecret: boolean;
  /** Where the text lies. */
  readonly ref: SecretRef;
}

/** Why a value cannot be put in, in words that follow its key. */
export const reasons = {
  unknown: 'is not there',
  purged: 'has been purged',
  elsewhere: 'is kept in another secret store, which cannot be read from here',
} as const;
export type Missing = keyof typeof reasons;

export type Looked = FoundValue | Missing;

const versionOf = async (world: World, { app, envUid, valueSetVersionId }: Where) => {
  if (valueSetVersionId === null) return noValues;
  const version = await findVersion(world, app, { uid: envUid }, valueSetVersionId);
  if (version === undefined) throw new Error(`The version ${valueSetVersionId} of values is not there.`);
  return valuesAt(world, app, version);
};

type Wanted = readonly (readonly [string, SourcedRef | undefined])[];

const textsOf = async (world: World, { app, envUid }: Where, wanted: Wanted) => {
  const uidOf = { app: app.body.uid, env: envUid };
  const read = (its: SourcedRef['source']) =>
    readSaltedTexts(
      world,
      app.organization,
      uidOf[its],
      wanted.flatMap(([, found]) => (found?.source === its ? (found.ref.text ?? []) : [])),
    );
  const [ofApp, ofEnv] = await Promise.all([read('app'), read('env')]);
  const texts = { app: ofApp, env: ofEnv };
  return ({ source, ref }: SourcedRef, name: string): FoundValue | undefined => {
    const kept = texts[source].get(name);
    return kept && { ...kept, isSecret: ref.isSecret, ref: placeOfText(uidOf[source], name) };
  };
};

/** Reads the texts of these keys and no others. */
export const valuesFor = async (
  world: World,
  where: Where,
  keys: ReadonlySet<string>,
): Promise<(key: string) => Looked> => {
  if (keys.size === 0) return () => 'unknown';
  const [then, now] = await Promise.all([versionOf(world, where), currentValues(world, where.app)]);
  const view = viewFor(then, where.app.body.uid, where.envUid);
  const wanted: Wanted = [...keys].map((key) => [key, view.get(key)]);
  const textOf = await textsOf(world, where, wanted);
  const looked = new Map(
    wanted.map(([key, found]): [string, Looked] => {
      if (found === undefined) return [key, 'unknown'];
      const { text } = found.ref;
      if (text === null) return [key, 'elsewhere'];
      return [key, now.purged.includes(text) ? 'purged' : (textOf(found, text) ?? 'purged')];
    }),
  );
  return (key) => looked.get(key) ?? 'unknown';
};
