// Says to whoever listens that something happens: one small message for each webhook.
//
// Announce before the save that makes it true. The message waits a second, and whoever takes it reads the state: what has not come to be
// is looked at again for a minute and then forgotten. So a process that dies between the two loses no news, and no flag, index or second
// write is needed to find it again. What is announced twice is the same event twice, and its receiver can tell.
import type { World } from '#engine/ports';
import { all, loadMany, type Of, type Place } from '../store/entries.ts';
import type { Deployment } from '../store/kinds.ts';
import { type EventType, eventIdOf, listensTo } from './events.ts';

export interface Announcer {
  readonly organization: string;
  readonly uid: string;
  /** Ids of the webhooks, as the application's entry names them; undefined where that is not at hand. */
  readonly webhooks?: readonly string[];
}

/** Time for the save that follows. */
const headStartMs = 1_000;

export const webhooksOf = ({ organization, uid }: Announcer): Place<'webhook'> => ({
  organization,
  kind: 'webhook',
  owner: uid,
});

export const announcerOf = ({ organization, body: { uid, webhooks } }: Of<'app'>): Announcer => ({
  organization,
  uid,
  webhooks,
});

/** Strongly consistent where the application's entry names them; an application without any costs nothing. */
const webhooksIn = async (
  world: Pick<World, 'catalog'>,
  announcer: Announcer,
): Promise<readonly Of<'webhook'>[]> => {
  const place = webhooksOf(announcer);
  if (announcer.webhooks === undefined) return Array.fromAsync(all(world, place));
  return [...(await loadMany(world, place, announcer.webhooks)).values()];
};

export const announce =
  (world: Pick<World, 'catalog' | 'clock' | 'notices'>) =>
  async (
    announcer: Announcer,
    { id: deployment }: Pick<Deployment, 'id'>,
    ...news: EventType[]
  ): Promise<void> => {
    const webhooks = await webhooksIn(world, announcer);
    const now = world.clock.now();
    const due = now + headStartMs;
    const { organization, uid: app } = announcer;
    const notices = webhooks.flatMap(({ id: webhook, body }) =>
      news
        .filter((type) => listensTo(body, type))
        .map((type) => {
          const event = eventIdOf(body.uid, deployment, type);
          return { organization, app, webhook, event, deployment, type, attempt: 1, announcedAt: now, due };
        }),
    );
    await Promise.all(notices.map((notice) => world.notices.send(notice, headStartMs)));
  };
