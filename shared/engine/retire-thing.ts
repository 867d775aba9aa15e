// The end of a thing: its certificates stop working when it is stolen, and nothing is left to wait for when it is retired.
import { isRefusal, type Refusal } from '#domain/refusal';
import { type ChangesSlots, changeSlot } from './change-slot.ts';
import type { Thing, World } from './ports.ts';
import { noSuchThing } from './register-thing.ts';

export interface WhichThing {
  readonly organization: string;
  readonly name: string;
}

type Needs = ChangesSlots & Pick<World, 'members' | 'things' | 'certificates'>;

const changeThing = async (
  { clock, things }: Needs,
  { organization, name }: WhichThing,
  change: (thing: Thing) => Partial<Thing>,
): Promise<Thing | Refusal> => {
  for (;;) {
    const thing = await things.load(name);
    if (thing?.organization !== organization) return noSuchThing();
    const next = { ...thing, ...change(thing), updatedAt: clock.now(), version: thing.version + 1 };
    if ((await things.save(next)) === 'saved') return next;
  }
};

/** What is outstanding stays so: it is carried out when the thing is activated again, and until then waits for that. */
export const revokeThing =
  (world: Needs) =>
  async (which: WhichThing): Promise<Thing | Refusal> => {
    const revoked = await changeThing(world, which, () => ({ certificate: null, activation: null }));
    if (isRefusal(revoked)) return revoked;
    // After the save: should we die in between, the caller asks again, and both are repeated.
    await world.certificates.keepOnly(which.name, null);
    return revoked;
  };

/** Everything that is not over is archived: nobody will ever confirm it. */
export const abandonSlots = async (
  world: ChangesSlots & Pick<World, 'members'>,
  { organization, name }: WhichThing,
): Promise<void> => {
  for (const { id, member } of await world.slots.ofThing(name)) {
    if (member !== undefined) await world.members.remove({ organization, group: member.group }, name);
    await changeSlot(world)({ id, organization, event: { type: 'abandon' }, by: 'engine' });
  }
};

/** Doing it again does what was left undone. What slips in meanwhile is abandoned when somebody looks at it. */
export const retireThing =
  (world: Needs) =>
  async (which: WhichThing): Promise<Thing | Refusal> => {
    const now = world.clock.now();
    const retired = await changeThing(world, which, ({ retiredAt }) => ({
      certificate: null,
      activation: null,
      retiredAt: retiredAt ?? now,
    }));
    if (isRefusal(retired)) return retired;
    await world.certificates.keepOnly(which.name, null);
    await abandonSlots(world, which);
    return retired;
  };
