// Given, for the engine's own stories: a world in memory, one thing of one organization, and wishes for it. No dialect.
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { Fault } from '#adapters/memory/watch';
import { isRefusal, type Refusal, type RefusalCode } from '#domain/refusal';
import type { SlotId } from '#domain/slot';
import { type CreateDeployment, createDeployment } from '#engine/create-deployment';
import { type DeploymentView, findDeployment } from '#engine/find-deployment';
import type { World } from '#engine/ports';
import { registerThing } from '#engine/register-thing';
import { type ManifestItem, sealContent } from '#engine/seal';
import { type SmallSystem, smallSystem } from '#test/support/small-system';

export const seconds = 1000;
export const minutes = 60 * seconds;
export const hours = 60 * minutes;
export const days = 24 * hours;

/** What a test has asked for and must get: a refusal would be a mistake in the story. */
export const granted = <Value>(answer: Value | Refusal): Value => {
  if (isRefusal(answer)) throw new Error(`Refused: ${answer.refused}: ${answer.message}`);
  return answer;
};

export const refusalOf = (answer: unknown): RefusalCode | undefined =>
  isRefusal(answer) ? answer.refused : undefined;

export const nameOfThing = async (world: World, label: string, organization = 'acme'): Promise<string> =>
  granted(await registerThing(world)({ organization, roster: 'devices', label })).name;

export const itemOf = async (
  world: World,
  content: string | Uint8Array,
  path = '/srv/motion.json',
  organization = 'acme',
): Promise<ManifestItem> => {
  const bytes = Buffer.from(content);
  const digest = await sealContent(world.contents, organization, bytes);
  return { id: `item of ${path}`, path, digest, size: bytes.length, format: 'json' };
};

export type Wish = Partial<CreateDeployment>;

export interface Given {
  readonly system: SmallSystem;
  readonly world: World;
  readonly thing: string;
  readonly slot: SlotId;
  /** A wish for the thing: `speed` is what tells contents apart. */
  readonly intent: (speed: number, wish?: Wish) => Promise<CreateDeployment>;
  readonly create: (speed: number, wish?: Wish) => Promise<DeploymentView | Refusal>;
  /** Created at once, and its id. */
  readonly deploy: (speed: number, wish?: Wish) => Promise<string>;
  readonly stage: (speed: number, wish?: Wish) => Promise<string>;
  readonly see: (id: string) => Promise<DeploymentView | undefined>;
  readonly phaseOf: (id: string) => Promise<string | undefined>;
  /** Carried out, applied and reported. */
  readonly settle: () => Promise<void>;
}

export const givenThing = async (system = smallSystem()): Promise<Given> => {
  const { world } = system;
  const thing = await nameOfThing(world, 'robot-7');
  const slot: SlotId = { thing, channel: 'release' };
  const intent: Given['intent'] = async (speed, wish = {}) => ({
    organization: 'acme',
    by: 'key:ada',
    slot,
    idPrefix: 'dpl_',
    wanted: 'deployed',
    items: [await itemOf(world, `{"speed":${speed}}`)],
    track: 'stable',
    about: { speed },
    request: { speed },
    ...wish,
  });
  const create: Given['create'] = async (speed, wish) => createDeployment(world)(await intent(speed, wish));
  const idOf = async (made: Promise<DeploymentView | Refusal>): Promise<string> =>
    granted(await made).record.id;
  const see: Given['see'] = (id) =>
    findDeployment(world)({ organization: 'acme', channel: slot.channel, id });
  return {
    system,
    world,
    thing,
    slot,
    intent,
    create,
    deploy: (speed, wish) => idOf(create(speed, wish)),
    stage: (speed, wish) => idOf(create(speed, { wanted: 'staged', track: 'next', ...wish })),
    see,
    phaseOf: async (id) => (await see(id))?.state.phase,
    settle: () => system.settle(thing),
  };
};

/** Dies at the `dies`-th call from now on, before or after it has had its effect; says whether it did. */
export const dieAt = (system: SmallSystem, dies: number, moment: 'before' | 'after') => {
  const before = system.count();
  let died = false;
  system.setFault((call, at) => {
    if (died || at !== moment || call.number - before !== dies) return;
    died = true;
    throw new Error(`died ${moment} call ${dies}: ${call.port}.${call.method}`);
  });
  return {
    hasDied: () => died,
    revive: () => system.setFault(undefined),
  };
};

/** The next time that `port.method` is about to be called, `act` happens first; once. */
export const justBefore = (
  system: SmallSystem,
  what: string,
  act: () => Promise<unknown> | unknown,
  moment: Parameters<Fault>[1] = 'before',
): void => {
  system.setFault(async (call, at) => {
    if (at !== moment || `${call.port}.${call.method}` !== what) return;
    system.setFault(undefined);
    await act();
  });
};

/** Every call of `port.method` fails, until another fault is set. */
export const failing = (what: string, error: () => Error, moment: 'before' | 'after' = 'before'): Fault => {
  return (call, at) => {
    if (at === moment && `${call.port}.${call.method}` === what) throw error();
  };
};

export const expectPhases = async (
  { see }: Pick<Given, 'see'>,
  expected: Readonly<Record<string, string | undefined>>,
): Promise<void> => {
  const ids = Object.keys(expected);
  const found = await Promise.all(ids.map(async (id) => [id, (await see(id))?.state.phase]));
  expect(Object.fromEntries(found)).toEqual(expected);
};

export const sha256 = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');
