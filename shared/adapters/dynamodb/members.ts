// Members of groups in DynamoDB: one small item each, beside each other and in the order of their names.
import * as z from 'zod';
import type { Member, Members } from '#engine/ports';
import { isNew } from './condition.ts';
import { type Item, reading } from './item.ts';
import { putItem, removeItem } from './items.ts';
import { memberKey, memberOf, membersAfter } from './keys.ts';
import { itemsAfter } from './query.ts';
import type { Table } from './table.ts';

const storedMember = z.object({ pk: z.string(), sk: z.string(), at: z.int() });
const decodeMember = reading(
  'member of a group',
  storedMember,
  ({ at, ...key }): Member => ({ thing: memberOf(key), joinedAt: at }),
);

const memberItem = (organization: string, group: string, { thing, joinedAt }: Member): Item => ({
  ...memberKey(organization, group, thing),
  at: joinedAt,
});

export const dynamoMembers = (table: Table): Members => ({
  add: async ({ organization, group }, member) => {
    await putItem(table, memberItem(organization, group, member), isNew);
  },
  remove: ({ organization, group }, thing) => removeItem(table, memberKey(organization, group, thing)),
  page: async ({ organization, group }, after, limit) => {
    const members: Member[] = [];
    if (limit < 1) return members;
    for await (const item of itemsAfter(table, membersAfter(organization, group, after), limit)) {
      members.push(decodeMember(item));
      if (members.length === limit) break;
    }
    return members;
  },
});
