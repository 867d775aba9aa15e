// A device or server gets its place: a name of ours that never changes, under the label that its owner uses.
import { type Refusal, refuse } from '#domain/refusal';
import { type Names, otherRequest, uidsFor } from './ids.ts';
import type { Thing, World } from './ports.ts';

export interface RegisterThing {
  readonly organization: string;
  readonly roster: string;
  readonly label: string;
  /** Absent: nobody can repeat the request. */
  readonly names?: Names;
}

type Needs = Pick<World, 'clock' | 'chance' | 'things'>;

export const noSuchThing = (): Refusal => refuse('not_found', 'There is no such thing.');

export const taken = (label: string): Refusal =>
  refuse('already_exists', `There is a thing named "${label}" already.`, { name: label });

export const fresh = (name: string, { organization, roster, label }: RegisterThing, now: number): Thing => ({
  name,
  organization,
  roster,
  label,
  registeredAs: label,
  agentVersion: null,
  activation: null,
  certificate: null,
  presence: { state: 'never', versionNumber: -1, connectedAt: null, disconnectedAt: null },
  createdAt: now,
  updatedAt: now,
  retiredAt: null,
  version: 1,
});

const sameRequest = (thing: Thing, label: string): Thing | Refusal =>
  thing.registeredAs === label ? thing : otherRequest();

/** The thing that an equal request has made. */
const findAmong = async ({ things }: Needs, names: Names): Promise<Thing | undefined> => {
  const found = await Promise.all(names.map((name) => things.load(name)));
  return found.find((thing) => thing !== undefined);
};

export const registerThing =
  (world: Needs) =>
  async (intent: RegisterThing): Promise<Thing | Refusal> => {
    const names = intent.names ?? uidsFor(world, intent.organization, undefined);
    const earlier = names.length > 1 ? await findAmong(world, names) : undefined;
    if (earlier !== undefined) return sameRequest(earlier, intent.label);
    const [name] = names;
    const thing = fresh(name, intent, world.clock.now());
    const saved = await world.things.save(thing);
    if (saved === 'saved') return thing;
    // Somebody was faster: with the same key it is the same thing, with the same label it is not.
    const there = await world.things.load(name);
    return there === undefined ? taken(intent.label) : sameRequest(there, intent.label);
  };

export interface RenameThing {
  readonly organization: string;
  readonly name: string;
  readonly label: string;
  readonly version?: number;
}

export const renameThing =
  ({ clock, things }: Needs) =>
  async ({ organization, name, label, version }: RenameThing): Promise<Thing | Refusal> => {
    for (;;) {
      const thing = await things.load(name);
      if (thing?.organization !== organization || thing.retiredAt !== null) return noSuchThing();
      if (version !== undefined && version !== thing.version)
        return refuse('changed_meanwhile', 'It has changed since you read it.', {});
      const renamed = { ...thing, label, updatedAt: clock.now(), version: thing.version + 1 };
      const saved = await things.save(renamed);
      if (saved === 'saved') return renamed;
      if (saved === 'label taken') return taken(label);
    }
  };
