// Two organizations side by side, keys of every kind, and what the one says that the other must never hear.
import { createKey } from '#engine/keys';
import type { Answer, Ask, SmallSystem } from '#test/support/small-system';
import type { KeyKind } from './requests.ts';

export const ours = 'acme';
export const neighbours = 'globex';

export type Keys = Readonly<Record<KeyKind, string>>;

export const givenKeys = async ({ newKey, world, clock }: SmallSystem): Promise<Keys> => {
  const own = await newKey(ours);
  const { id, key: revoked } = await createKey(world)({ organization: ours, scopes: ['*'] });
  await world.keys.revoke(id, clock.now());
  return {
    own,
    none: '',
    malformed: 'notused',
    unknown: `api_key_${'0'.repeat(16)}_${'0'.repeat(32)}`,
    revoked,
    foreign: await newKey(neighbours),
    lacking: await newKey(ours, 'nothing:read'),
  };
};

/** The last part of a key is its secret. */
export const secretsOf = (keys: Keys): readonly string[] =>
  (['own', 'revoked', 'foreign', 'lacking'] as const).map((kind) => keys[kind].split('_').at(-1) ?? '');

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

/** Everything that was told to a client while a world was made. */
export const listening = (ask: Ask) => {
  const heard = new Set<string>();
  const does = async (request: string, body?: unknown): Promise<Answer['body']> => {
    const answer = await ask(request, body);
    if (answer.status >= 400) throw new Error(`${request}: ${answer.status} ${answer.raw}`);
    for (const text of textsIn(answer.body)) heard.add(text);
    return answer.body;
  };
  return { does, heard };
};

/** What only they were told; short words are everybody's. */
export const onlyIn = (their: ReadonlySet<string>, our: ReadonlySet<string>): readonly string[] =>
  [...their].filter((text) => text.length >= 8 && !our.has(text));
