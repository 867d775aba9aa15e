// Answers a thing that asks for content. The IoT rule calls it once for each request.
import middy from '@middy/core';
import * as z from 'zod';
import { fetchRequest } from '#device/shadow';
import { serveContent } from '#engine/serve-content';
import { readEnvironment } from '../wiring/env.ts';
import { liveDevices, liveStore, worldOf } from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';

const env = readEnvironment('serve-content');
const log = lambdaLog('serve-content', env.STAGE);
const world = worldOf({ ...liveStore(env.TABLE_NAME), ...liveDevices() });

/** The thing's name comes from the topic: the rule puts it here. */
const asked = fetchRequest.extend({ thing: z.string() });

export const handler = middy<unknown, void>().handler(async (event) => {
  const parsed = asked.safeParse(event);
  if (!parsed.success) return log.line({ code: 'content.malformed', reason: parsed.error.message });
  const { thing, digest, chunk } = parsed.data;
  const outcome = await serveContent(world)(thing, { digest, chunk });
  log.line({ code: `content.${outcome}`, thing, digest, chunk });
});
