// Members of groups in memory.
import type { GroupId, Member, Members } from '#engine/ports';
import { byBytes } from './order.ts';
import { type Shelf, shelf } from './shelf.ts';

export type Listed = Member & GroupId;

export const memoryMembers = (members: Shelf<Listed> = shelf()): Members => {
  return {
    add: async ({ organization, group }, member) => {
      if (members.get(organization, group, member.thing) !== undefined) return;
      members.put({ organization, group, ...member }, organization, group, member.thing);
    },
    remove: async ({ organization, group }, thing) => members.remove(organization, group, thing),
    page: async (of, after, limit) =>
      members
        .those(
          ({ organization, group, thing }) =>
            organization === of.organization &&
            group === of.group &&
            (after === null || byBytes(thing, after) > 0),
        )
        .sort((one, other) => byBytes(one.thing, other.thing))
        .slice(0, limit)
        .map(({ thing, joinedAt }) => ({ thing, joinedAt })),
  };
};
