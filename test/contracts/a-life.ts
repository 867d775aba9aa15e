// The life of a device deployment that supersedes another, decided by the domain itself, with ids as the engine makes them.
import { decide } from '#domain/decide';
import type { Context, SlotEvent } from '#domain/event';
import { isRefusal } from '#domain/refusal';
import { emptySlot, type Slot } from '#domain/slot';
import type { DeploymentRecord } from '#engine/ports';
import { digestOf, minutes, start } from './given.ts';

const thing = '7hq2m9x4k1c8v5bn';
const deploymentId = (own: string): string => `dpl_${thing}${own}`;
export const older = deploymentId('3f6w0zr8t2yj5d1e');
export const newer = deploymentId('9a4s7gxm2p6c0qvh');
const id = { thing, channel: 'release' } as const;
const organization = 'org_5k8n2w7d';
const person = 'key:4t9v1xq7m3c6e0zb';
const track = 'rls_8r2j6y0p4h7s1wfk';

const contextAt = (now: number, by: string): Context => ({
  now,
  by,
  attemptsMax: 8,
  nothing: digestOf('nothing'),
  idOfRestore: (gone) => `restores ${gone}`,
});

const deploy = (name: string): SlotEvent => ({
  type: 'deploy',
  deployment: { id: name, revision: digestOf(name), track, deadline: null },
});

const report = (slot: Slot, state: 'retrying' | 'applied', attempt: number): SlotEvent => ({
  type: 'report',
  report: {
    seq: slot.target?.seq ?? 0,
    revision: slot.target?.revision ?? '',
    state,
    attempt,
    failure:
      state === 'retrying' ? { code: 'disk_full', message: 'No space left on device: /etc/robot' } : null,
  },
});

const steps = {
  'the older is deployed': () => [deploy(older), person],
  'the older is confirmed': (slot) => [report(slot, 'applied', 0), 'thing'],
  'the newer is deployed': () => [deploy(newer), person],
  'the thing is offline': () => [{ type: 'thing offline' }, 'engine'],
  'an attempt failed': (slot) => [report(slot, 'retrying', 1), 'thing'],
  'the newer is confirmed': (slot) => [report(slot, 'applied', 0), 'thing'],
} as const satisfies Record<string, (slot: Slot) => readonly [SlotEvent, string]>;

export type Step = keyof typeof steps;

/** The slot after each step that is named, in this order. */
export const lifeOf = (...names: readonly Step[]): readonly (readonly [Step, Slot])[] => {
  let slot = emptySlot(id, organization);
  return names.map((name, number) => {
    const [event, by] = steps[name](slot);
    const decision = decide(slot, event, contextAt(start + number * 7 * minutes + 123, by));
    if (isRefusal(decision)) throw new Error(`${name}: ${JSON.stringify(decision)}`);
    slot = decision.slot;
    return [name, slot] as const;
  });
};

export const recordOf = (deployment: string, createdAt: number): DeploymentRecord => ({
  id: deployment,
  organization,
  slot: id,
  revision: digestOf(deployment),
  track,
  restores: null,
  createdAt,
  createdBy: person,
  about: {
    description: 'Second half of the fleet, after the brake test',
    items: ['cfg_inst_2x7v9k4m1c8p5qzt', 'cfg_inst_6b3n0w8r2y5j7d1f'],
  },
  request: digestOf(`request of ${deployment}`),
});
