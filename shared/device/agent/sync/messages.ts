// The shadow service's messages, as far as the agent reads them: whatever else they carry is AWS's business.
import * as z from 'zod';

/** Only in the disagreement of desired and reported, which have no key in common: so always the whole target. */
export const deltaMessage = z.object({
  version: z.number().default(0),
  state: z.object({ target: z.unknown() }),
  /** Of the update that it follows. */
  clientToken: z.string().optional(),
});

export const documentMessage = z.object({
  version: z.number().default(0),
  state: z
    .object({
      desired: z.object({ target: z.unknown() }).optional(),
      reported: z.object({ current: z.unknown() }).optional(),
    })
    .optional(),
});

export const rejectedMessage = z.object({
  code: z.number(),
  message: z.string().default(''),
  clientToken: z.string().optional(),
});

/** `get` on a shadow that nobody ever wrote: there is nothing to do until a delta comes. */
export const noSuchShadow = 404;
