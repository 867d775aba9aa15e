// Takes what a run gave back: stored as content, and named by the deployment that it ends.
import type { Result } from '#device/result';
import type { Channel } from '#domain/channel';
import type { Failure } from '#domain/deployment';
import type { Report, SlotEvent } from '#domain/event';
import { type ChangesSlots, changeKnownSlot } from './change-slot.ts';
import type { World } from './ports.ts';
import { canonicalJson, sealContent } from './seal.ts';

type Needs = ChangesSlots & Pick<World, 'contents'>;

/** The channel on which things run what they are told. */
const channel: Channel = 'software';

const failureOf = ({ status_code }: Result): Failure | null =>
  status_code === 0 ? null : { code: 'exit_status', message: `The run ended with status ${status_code}.` };

/** True when it ended something: repeats, and results of what is over, change nothing. */
export const takeResult =
  (world: Needs) =>
  async (thing: string, given: Result): Promise<boolean> => {
    const id = { thing, channel };
    const slot = await world.slots.load(id);
    const isAwaited = slot?.live.some(({ seq, id }) => seq === given.seq && id === given.deployment);
    if (slot === undefined || !isAwaited) return false;
    const result = await sealContent(world.contents, slot.organization, Buffer.from(canonicalJson(given)));
    const failure = failureOf(given);
    const state = failure === null ? 'applied' : 'failed';
    const report: Report = { seq: given.seq, revision: given.manifest, state, attempt: 1, failure, result };
    const event: SlotEvent = { type: 'report', report };
    return changeKnownSlot(world)({ id, event, by: 'thing' });
  };
