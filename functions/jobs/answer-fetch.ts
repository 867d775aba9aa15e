// What is done when a thing asks for content: one request, one answer on the thing's own topics.
import * as z from 'zod';
import { fetchRequest } from '#device/shadow';
import type { World } from '#engine/ports';
import { serveContent } from '#engine/serve-content';
import type { Log } from '../wiring/log.ts';

/** The thing's name comes from the topic: the rule puts it here. */
const asked = fetchRequest.extend({ thing: z.string() });

export const answerFetch =
  (world: World, log: Log) =>
  async (event: unknown): Promise<void> => {
    const parsed = asked.safeParse(event);
    if (!parsed.success) return log.line({ code: 'content.malformed', reason: parsed.error.message });
    const { thing, digest, chunk } = parsed.data;
    const outcome = await serveContent(world)(thing, { digest, chunk });
    log.line({ code: `content.${outcome}`, thing, digest, chunk });
  };
