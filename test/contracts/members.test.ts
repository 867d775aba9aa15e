// What the engine may rely on when it lists who is in a group.
import { describe, expect, it } from 'vitest';
import { dynamoMembers } from '#adapters/dynamodb/members';
import { memoryMembers } from '#adapters/memory/members';
import type { GroupId, Members } from '#engine/ports';
import { freshTable } from '#test/support/dynamodb-table';
import { range, start } from './given.ts';

const line1: GroupId = { organization: 'acme', group: 'line 1' };
const nameOf = (number: number): string => `robot-${String(number).padStart(4, '0')}`;

const membersContract = (make: () => Promise<Members>) => {
  it('lists nobody where nobody was added', async () => {
    expect(await (await make()).page(line1, null, 10)).toEqual([]);
  });

  it('lists those of a group in the order of their names, a page at a time', async () => {
    const members = await make();
    for (const number of [3, 1, 0, 2])
      await members.add(line1, { thing: nameOf(number), joinedAt: start + number });
    expect(await members.page(line1, null, 2)).toEqual([
      { thing: nameOf(0), joinedAt: start },
      { thing: nameOf(1), joinedAt: start + 1 },
    ]);
    expect((await members.page(line1, nameOf(1), 10)).map(({ thing }) => thing)).toEqual([
      nameOf(2),
      nameOf(3),
    ]);
    expect(await members.page(line1, nameOf(3), 10)).toEqual([]);
    expect(await members.page(line1, null, 0)).toEqual([]);
  });

  it('goes on after a name that is not, or no longer, in it', async () => {
    const members = await make();
    for (const number of range(3)) await members.add(line1, { thing: nameOf(number), joinedAt: start });
    await members.remove(line1, nameOf(1));
    expect((await members.page(line1, nameOf(1), 10)).map(({ thing }) => thing)).toEqual([nameOf(2)]);
  });

  it('keeps the time when somebody came first', async () => {
    const members = await make();
    await members.add(line1, { thing: 'robot', joinedAt: start });
    await members.add(line1, { thing: 'robot', joinedAt: start + 5 });
    expect(await members.page(line1, null, 10)).toEqual([{ thing: 'robot', joinedAt: start }]);
  });

  it('forgets who was removed, and does not mind who was never there', async () => {
    const members = await make();
    await members.add(line1, { thing: 'robot', joinedAt: start });
    await members.remove(line1, 'robot');
    await members.remove(line1, 'robot');
    expect(await members.page(line1, null, 10)).toEqual([]);
    await members.add(line1, { thing: 'robot', joinedAt: start + 5 });
    expect(await members.page(line1, null, 10)).toEqual([{ thing: 'robot', joinedAt: start + 5 }]);
  });

  it.each([
    { organization: 'acme', group: 'line 2' },
    { organization: 'globex', group: 'line 1' },
    { organization: 'acme#line', group: '1' },
  ])('keeps groups apart: %j', async (other) => {
    const members = await make();
    await members.add(line1, { thing: 'robot', joinedAt: start });
    expect(await members.page(other, null, 10)).toEqual([]);
  });

  it('pages through more than one answer of a service', async () => {
    const members = await make();
    await Promise.all(
      range(900).map((number) => members.add(line1, { thing: nameOf(number), joinedAt: start })),
    );
    const all = await members.page(line1, null, 1000);
    expect(all.map(({ thing }) => thing)).toEqual(range(900).map(nameOf));
  });
};

describe('members in memory', () => membersContract(async () => memoryMembers()));
describe('members in DynamoDB', () => membersContract(async () => dynamoMembers(await freshTable())));
