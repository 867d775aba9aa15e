// What is done when a thing asks for content: one request, one answer on the thing's own topics.
import * as z from 'zod';
import { fetchRequest } from '#device/shadow';
import type { World } from '#engine/ports';
import { serveContent } from '#engine/serve-content';
import type { Measured } from '../wiring/emf.ts';
import { reasonOf } from '../wiring/error-of.ts';
import type { Log } from '../wiring/log.ts';

/** The thing's name comes from the topic: the rule puts it here. */
const asked = fetchRequest.extend({ thing: z.string() });

const answered: Readonly<Record<'served' | 'rejected', Measured>> = {
  served: {},
  rejected: { Refusals: 1 },
};

export const answerFetch =
  (world: World) =>
  async (event: unknown, log: Log): Promise<void> => {
    const parsed = asked.safeParse(event);
    if (!parsed.success)
      return log.line({ code: 'content.malformed', reason: reasonOf(parsed.error) }, answered.rejected);
    const { thing, digest, chunk } = parsed.data;
    const startedAt = world.clock.now();
    const outcome = await serveContent(world)(thing, { digest, chunk });
    const ms = world.clock.now() - startedAt;
    const measured = { ...answered[outcome], RequestLatency: ms };
    log.line({ code: `content.${outcome}`, thing, digest, chunk, ms }, measured);
  };
