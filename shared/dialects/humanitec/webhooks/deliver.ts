// What is done with a notice: nothing yet, nothing any more, or one attempt to deliver it, whose outcome its webhook shows.
import type { Notice, World } from '#engine/ports';
import { load, type Of, revise } from '../store/entries.ts';
import type { Body } from '../store/kinds.ts';
import { webhooksOf } from './announce.ts';
import { type Verdict, verdictOn } from './attempts.ts';
import { bodyOf, type Happening, letterOf } from './compose.ts';
import { eventIdOf, isEventType } from './events.ts';
import { readHappening } from './happenings.ts';

export type Delivered =
  | { readonly outcome: 'waiting' | 'unseen' | 'dropped' }
  | ({ readonly attempt: number } & Pick<Verdict, 'outcome' | 'reason'>);

/** What is announced and still not true after this was never saved. */
const unseenMsMax = 60_000;
const lookAgainMs = 15_000;

/** Placeholders may be many and a comment long. */
const bodyBytesMax = 256 * 1024;

const later = async ({ notices, clock }: World, notice: Notice, delayMs: number): Promise<void> =>
  notices.send({ ...notice, due: clock.now() + delayMs }, delayMs);

/** The one that was told of it, and not one that has its name today. */
const isStillWanted = ({ disabled, uid }: Body<'webhook'>, { deployment, type, event }: Notice): boolean =>
  !disabled && isEventType(type) && eventIdOf(uid, deployment, type) === event;

const unseen = async (world: World, notice: Notice): Promise<Delivered> => {
  if (world.clock.now() - notice.announcedAt > unseenMsMax) return { outcome: 'dropped' };
  await later(world, notice, lookAgainMs);
  return { outcome: 'unseen' };
};

const attempt = async (
  world: World,
  notice: Notice,
  webhook: Body<'webhook'>,
  happening: Happening,
): Promise<Verdict> => {
  const body = bodyOf(webhook, happening);
  if (Buffer.byteLength(body) > bodyBytesMax)
    return { outcome: 'given_up', reason: `longer than ${bodyBytesMax} bytes`, nextInMs: null };
  const posted = await world.receivers.post(letterOf(webhook, notice.event, body, world.clock.now()));
  return verdictOn(posted, notice.attempt);
};

const note = async (
  world: World,
  { place, id }: Of<'webhook'>,
  { event, deployment, type, attempt }: Notice,
  { outcome, reason, nextInMs }: Verdict,
): Promise<void> => {
  const at = world.clock.now();
  const nextAt = nextInMs === null ? null : at + nextInMs;
  const delivery = { event, deployment, type, attempt, at, outcome, reason, nextAt };
  await revise(world)(place, id, ({ body }) => ({
    ...body,
    lastDelivery: delivery,
    lastGivenUp: outcome === 'given_up' ? delivery : body.lastGivenUp,
  }));
};

export const deliver =
  (world: World) =>
  async (notice: Notice): Promise<Delivered> => {
    const early = notice.due - world.clock.now();
    if (early > 0) {
      await world.notices.send(notice, early);
      return { outcome: 'waiting' };
    }
    const { organization, app: uid } = notice;
    const webhook = await load(world, webhooksOf({ organization, uid }), notice.webhook);
    if (webhook === undefined || !isStillWanted(webhook.body, notice)) return { outcome: 'dropped' };
    const happening = await readHappening(world, notice);
    if (happening === undefined) return unseen(world, notice);
    const verdict = await attempt(world, notice, webhook.body, happening);
    // Noted first: should we die before the next attempt is sent, this message comes again and the attempt is repeated.
    await note(world, webhook, notice, verdict);
    if (verdict.nextInMs !== null)
      await later(world, { ...notice, attempt: notice.attempt + 1 }, verdict.nextInMs);
    const { outcome, reason } = verdict;
    return { outcome, reason, attempt: notice.attempt };
  };
