// A ping: asked over MQTT, answered over MQTT, and waited for here as long as the caller wants.
import { contentTopics } from '#device/topics';
import { newUid } from './ids.ts';
import type { World } from './ports.ts';

type Needs = Pick<World, 'clock' | 'chance' | 'pongs' | 'publisher'>;

/** How often we look for the answer. */
const lookEveryMs = 100;

/** Milliseconds from asking to the answer; undefined when none came in time. */
export const pingThing =
  ({ clock, chance, pongs, publisher }: Needs) =>
  async (thing: string, timeoutMs: number): Promise<number | undefined> => {
    const ping = newUid(chance);
    const askedAt = clock.now();
    await publisher.publish(contentTopics(thing).ping, Buffer.from(JSON.stringify({ ping })));
    while (clock.now() - askedAt < timeoutMs) {
      const answeredAt = await pongs.find(thing, ping);
      if (answeredAt !== undefined) return Math.max(answeredAt - askedAt, 0);
      await clock.sleep(lookEveryMs);
    }
    return undefined;
  };
