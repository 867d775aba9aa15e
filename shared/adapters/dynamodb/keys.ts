// Every key of the one table, and the patterns that they are made for. Nobody else builds a key.
//
// | what              | pk                            | sk              | listed: listPk, listSk                                  | due: duePk, dueAt       |
// |-------------------|-------------------------------|-----------------|---------------------------------------------------------|-------------------------|
// | thing             | thing#<thing>                 | thing           | things#<org>#<roster>, or retired#<org>, <created>#<thing> |                      |
// | slot              | thing#<thing>                 | slot#<channel>  |                                                         | due#<shard>, its wakeAt |
// | deployment record | thing#<thing>                 | deployment#<id> | deployments#<org>#<channel>#<shard>, <created>#<id>     |                         |
// | label             | label#<org>#<label>           | claim           |                                                         |                         |
// | content, its head | content#<org>#<shard>         | digest#<digest> |                                                         |                         |
// | content, a chunk  | chunk#<org>#<digest>#<index>  | chunk           |                                                         |                         |
// | use of an idempotency key | repeat#<org>#<shard>  | repeat#<uid>    |                                                         |                         |
// | an organization   | organizations                 | organization#<org> |                                                     |                         |
// | a list that there is | lists#<org>                | list#<its listPk> |                                                       |                         |
// | answer to a ping  | pong#<thing>#<ping>           | pong            |                                                         |                         |
// | API key           | key#<id>                      | key             | keys#<org>, <created>#<id>                              |                         |
// | requests of a window | taken#<org>                | taken#<account>#<from> |                                                  |                         |
// | who did what      | audit#<org>                   | <at>#<id>       |                                                         |                         |
// | limits of an organization | agreed#<org>          | agreed          |                                                         |                         |
// | catalog entry     | entry#<org>#<kind>#<id>       | entry           | entries#<org>#<kind>, <created>#<id>                    |                         |
// | member of a group | members#<org>#<group>         | member#<thing>  |                                                         |                         |
// | rollout           | rollout#<id>                  | rollout         | rollouts#<org>, <created>#<id>                          | due#rollouts, its lookAt |
// | delivery, its mark | shard#<rollout>#<shard>      | delivery#<ordinal>, and the same with `#mark` |                           |                         |
// | a page of who takes part | shard#<rollout>#0      | page#<name that it comes after> |                         |                         |
// | how far a shard is | shard#<rollout>#<shard>      | progress        |                                                         |                         |
// | unique value      | unique#<org>#<kind>#<name>#<value> | claim      |                                                         |                         |
//
// | pattern                                             | read                                                     |
// |-----------------------------------------------------|----------------------------------------------------------|
// | a thing, a slot, a record, a key, an entry by name  | GetItem, strongly consistent; several: BatchGetItem      |
// | all slots of a thing                                | Query pk, sk begins with `slot#`                         |
// | all records of a slot                               | Query pk, sk begins with `deployment#`, filtered         |
// | what was this idempotency key used for              | PutItem if it is not there, or GetItem                   |
// | has the thing answered this ping                    | GetItem, strongly consistent                             |
// | who has this label, this unique value               | GetItem of the claim, then of its holder                 |
// | an organization's deployments of a channel, by time | Query listed, one per shard, merged                      |
// | an organization's things, keys, entries, by time    | Query listed                                             |
// | slots of a shard whose time has come, rollouts      | Query due, dueAt <= now                                  |
// | members of a group after one                        | Query pk, sk > `member#<thing>`                          |
// | deliveries of a rollout, with their marks           | Query pk, sk from `delivery#<ordinal>` on, a shard each  |
// | is this content stored, how large is it             | GetItem of its head: half a unit, however large it is    |
// | what an organization has                            | Query of each list that there is, each shard of contents |
// | a chunk of a content                                | BatchGetItem of head and chunk; small content lies in the head |
//
// What comes by the thousand per second has a partition of its own (entries, chunks) or shards (deployments by organization,
// slots by time): one partition takes 1,000 writes/s, and an index that cannot keep up holds back the table.
import type { SlotId } from '#domain/slot';
import type { Between, RecordKey } from '#engine/ports';
import { table } from '#operations/table';
import { dueShardOf, shardOf } from '../shard.ts';
import { fixedPrefix, joined, joinedWithValue, split } from './key-text.ts';

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

const key = (pk: string, sk: string): ItemKey => ({ [table.partitionKey]: pk, [table.sortKey]: sk });

const pkBytesMax = 2048;
const skBytesMax = 1024;

/** DynamoDB refuses to look for longer ones: nothing can be there. */
export const mayExist = ({ pk, sk }: ItemKey): boolean =>
  Buffer.byteLength(pk) <= pkBytesMax && Buffer.byteLength(sk) <= skBytesMax;

// ---- items

const slotPrefix = 'slot#';
const deploymentPrefix = 'deployment#';
/** Of what only one may have: its partition key says all, so that a holder's list of claims is a list of these. */
const claim = 'claim';

export const thingKey = (thing: string): ItemKey => key(joined('thing', thing), 'thing');
export const slotKey = ({ thing, channel }: SlotId): ItemKey =>
  key(joined('thing', thing), joined('slot', channel));
export const recordKey = ({ thing, id }: RecordKey): ItemKey =>
  key(joined('thing', thing), joined('deployment', id));
export const labelKey = (organization: string, label: string): ItemKey =>
  key(joinedWithValue('label', organization, label), claim);
/** Enough for 16,000 new contents a second in one organization; all of them are as many queries. */
const contentShards = 16;

const contentPk = (organization: string, shard: number): string =>
  joined('content', organization, String(shard));
const repeatPk = (organization: string, shard: number): string =>
  joined('repeat', organization, String(shard));

const shards = Array.from({ length: contentShards }, (_, shard) => shard);

export const contentKey = (organization: string, digest: string): ItemKey =>
  key(contentPk(organization, shardOf(digest, contentShards)), joined('digest', digest));
export const chunkKey = (organization: string, digest: string, index: number): ItemKey =>
  key(joined('chunk', organization, digest, String(index)), 'chunk');
export const repeatKey = (organization: string, uid: string): ItemKey =>
  key(repeatPk(organization, shardOf(uid, contentShards)), joined('repeat', uid));
export const organizationKey = (organization: string): ItemKey =>
  key('organizations', joined('organization', organization));
export const listKey = (organization: string, list: string): ItemKey =>
  key(joined('lists', organization), joined('list', list));
export const pongKey = (thing: string, ping: string): ItemKey => key(joined('pong', thing, ping), 'pong');
export const apiKeyKey = (id: string): ItemKey => key(joined('key', id), 'key');
export const takenKey = (organization: string, account: string, from: number): ItemKey =>
  key(joined('taken', organization), joined('taken', account, String(from)));
export const agreedKey = (organization: string): ItemKey => key(joined('agreed', organization), 'agreed');
export const auditKey = (organization: string, at: number, id: string): ItemKey =>
  key(joined('audit', organization), `${fixedPrefix(at)}#${id}`);
export const entryKey = (organization: string, kind: string, id: string): ItemKey =>
  key(joined('entry', organization, kind, id), 'entry');
export const uniqueKey = (organization: string, kind: string, name: string, value: string): ItemKey =>
  key(joinedWithValue('unique', organization, kind, name, value), claim);

export const memberKey = (organization: string, group: string, thing: string): ItemKey =>
  key(joined('members', organization, group), joined('member', thing));
export const rolloutKey = (id: string): ItemKey => key(joined('rollout', id), 'rollout');

const shardPk = (rollout: string, shard: number): string => joined('shard', rollout, String(shard));
/** Wide enough for any rollout: ordinals sort as numbers. */
const ordinalDigits = 9;
const deliverySk = (ordinal: number): string =>
  joined('delivery', String(ordinal).padStart(ordinalDigits, '0'));

export const deliveryKey = (rollout: string, shard: number, ordinal: number): ItemKey =>
  key(shardPk(rollout, shard), deliverySk(ordinal));
export const markKey = (rollout: string, shard: number, ordinal: number): ItemKey =>
  key(shardPk(rollout, shard), `${deliverySk(ordinal)}#mark`);
/** All beside each other: there are few, and each is read by its name. */
export const pageKey = (rollout: string, after: string | null): ItemKey =>
  key(shardPk(rollout, 0), after === null ? 'page' : joinedWithValue('page', after));
export const progressKey = (rollout: string, shard: number): ItemKey =>
  key(shardPk(rollout, shard), 'progress');

export const claimKey = (pk: string): ItemKey => key(pk, claim);

// ---- what lies beside each other

/** Every sort key of ours comes after this. */
const beside = (pk: string) => ({ pk, skPrefix: ' ' });

export const allOrganizations = beside('organizations');
export const allOfThing = (thing: string) => beside(joined('thing', thing));
export const allOfShard = (rollout: string, shard: number) => beside(shardPk(rollout, shard));
export const contentsIn = (organization: string) =>
  shards.map((shard) => beside(contentPk(organization, shard)));
export const repeatsIn = (organization: string) =>
  shards.map((shard) => beside(repeatPk(organization, shard)));
export const auditIn = (organization: string) => beside(joined('audit', organization));
export const takenIn = (organization: string) => beside(joined('taken', organization));
export const listsIn = (organization: string) => beside(joined('lists', organization));
export const slotsOf = (thing: string) => ({ pk: joined('thing', thing), skPrefix: slotPrefix });
export const recordsOf = (thing: string) => ({ pk: joined('thing', thing), skPrefix: deploymentPrefix });

export const membersAfter = (organization: string, group: string, after: string | null) => ({
  pk: joined('members', organization, group),
  skPrefix: 'member#',
  ...(after === null ? {} : { skAfter: joined('member', after) }),
});
/** A mark comes right behind its delivery. */
export const deliveriesBetween = (rollout: string, shard: number, from: number, to: number) => ({
  pk: shardPk(rollout, shard),
  skFrom: deliverySk(from),
  skTo: `${deliverySk(to - 1)}#mark`,
});

export const auditBetween = (organization: string, between: Between) => {
  const { from, to } = listedBetween(between);
  return { pk: joined('audit', organization), skFrom: from, skTo: to };
};

/** What is listed by time has a `#` behind it: the end itself is never met. An end before the beginning is none to DynamoDB. */
export const listedBetween = ({ from, to }: Between) => ({
  from: fixedPrefix(from),
  to: fixedPrefix(Math.max(from, to)),
});

// ---- the listed index: its keys are written once and never change

/** Enough for 4,000 new deployments a second in one organization; each list is as many queries. */
const deploymentShards = 4;

const { partitionKey: listPk, sortKey: listSk } = table.indexes.listed;

/** The id comes last and as it is, so that a list is in the order of ids where the times are equal. */
const listed = (list: string, createdAt: number, id: string) => ({
  [listPk]: list,
  [listSk]: `${fixedPrefix(createdAt)}#${id}`,
});

const deploymentList = (organization: string, channel: string, shard: number): string =>
  joined('deployments', organization, channel, String(shard));

export const deploymentLists = (organization: string, channel: string): readonly string[] =>
  Array.from({ length: deploymentShards }, (_, shard) => deploymentList(organization, channel, shard));
export const thingList = (organization: string, roster: string): string =>
  joined('things', organization, roster);
/** Where what was a thing is found, which no list of things has any more. */
export const retiredList = (organization: string): string => joined('retired', organization);
export const rolloutList = (organization: string): string => joined('rollouts', organization);
export const apiKeyList = (organization: string): string => joined('keys', organization);
export const entryList = (organization: string, kind: string): string =>
  joined('entries', organization, kind);

export const deploymentListed = (
  organization: string,
  { thing, channel }: SlotId,
  createdAt: number,
  id: string,
) => listed(deploymentList(organization, channel, shardOf(thing, deploymentShards)), createdAt, id);
export const thingListed = (organization: string, roster: string, createdAt: number, thing: string) =>
  listed(thingList(organization, roster), createdAt, thing);
export const retiredListed = (organization: string, createdAt: number, thing: string) =>
  listed(retiredList(organization), createdAt, thing);
export const rolloutListed = (organization: string, createdAt: number, id: string) =>
  listed(rolloutList(organization), createdAt, id);
export const apiKeyListed = (organization: string, createdAt: number, id: string) =>
  listed(apiKeyList(organization), createdAt, id);
export const entryListed = (organization: string, kind: string, createdAt: number, id: string) =>
  listed(entryList(organization, kind), createdAt, id);

// ---- the due index: only what has a time stands in it

const { partitionKey: duePk, sortKey: dueAtName } = table.indexes.due;

export const dueRollouts = joined('due', 'rollouts');
export const rolloutDue = (lookAt: number | null) =>
  lookAt === null ? {} : { [duePk]: dueRollouts, [dueAtName]: lookAt };
export const dueList = (shard: number): string => joined('due', String(shard));
export const dueIn = (thing: string, wakeAt: number | null) =>
  wakeAt === null ? {} : { [duePk]: dueList(dueShardOf(thing)), [dueAtName]: wakeAt };

// ---- back from a key to what it names

const named = (text: string, prefix: string, count: number): readonly string[] => {
  const [first, ...names] = split(text);
  if (first !== prefix || names.length !== count) throw new Error(`"${text}" is no key of a ${prefix}.`);
  return names;
};

const theOne = (text: string, prefix: string): string => named(text, prefix, 1)[0] ?? '';

export const thingOf = ({ pk }: ItemKey): string => theOne(pk, 'thing');
export const memberOf = ({ sk }: ItemKey): string => theOne(sk, 'member');
export const rolloutOf = ({ pk }: ItemKey): string => theOne(pk, 'rollout');
export const ordinalOf = ({ sk }: ItemKey): { readonly ordinal: number; readonly isMark: boolean } => {
  const [, ordinal = '', mark] = split(sk);
  return { ordinal: Number(ordinal), isMark: mark !== undefined };
};
export const channelOf = ({ sk }: ItemKey): string => theOne(sk, 'slot');
export const deploymentOf = (itemKey: ItemKey): RecordKey => ({
  thing: thingOf(itemKey),
  id: theOne(itemKey.sk, 'deployment'),
});
export const auditEntryOf = ({ pk, sk }: ItemKey) => {
  const [at = '', id = ''] = split(sk);
  return { organization: theOne(pk, 'audit'), at: Number(at), id };
};
export const organizationOf = ({ sk }: ItemKey): string => theOne(sk, 'organization');
export const contentOf = ({ sk }: ItemKey): string => theOne(sk, 'digest');
export const listOf = ({ sk }: ItemKey): string => theOne(sk, 'list');
/** The kind of which this is the list; undefined: it is no list of entries. */
export const kindOf = (list: string): string | undefined => {
  const [first, , kind] = split(list);
  return first === 'entries' ? kind : undefined;
};
export const isListOfThings = (list: string): boolean => split(list)[0] === 'things';
export const apiKeyOf = ({ pk }: ItemKey): string => theOne(pk, 'key');
export const entryOf = ({ pk }: ItemKey): string => named(pk, 'entry', 3)[2] ?? '';
