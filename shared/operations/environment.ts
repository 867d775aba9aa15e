// What each function is told about its surroundings, by name: infra sets exactly these, functions read exactly these.
import * as z from 'zod';

const everywhere = {
  STAGE: z.string().min(1),
  TABLE_NAME: z.string().min(1),
};

const sendsTransitions = { TRANSITIONS_QUEUE_URL: z.url() };

const sendsRollouts = { ROLLOUTS_QUEUE_URL: z.url() };
const receivesMax = { RECEIVES_MAX: z.coerce.number().int().positive() };

const sendsNotices = {
  WEBHOOKS_QUEUE_URL: z.url(),
  /** Only a stage on this machine says the second: see `infra/constructs/stage.ts`. */
  WEBHOOK_REACH: z.enum(['public', 'public and loopback']),
};

/** Environment of every function, keyed by the function's name in the templates. */
export const environments = {
  'api-miru': z.object({ ...everywhere, ...sendsTransitions, DEVICE_POLICY_NAME: z.string().min(1) }),
  'api-heat': z.object({ ...everywhere, ...sendsTransitions }),
  'api-humanitec': z.object({ ...everywhere, ...sendsTransitions, ...sendsRollouts, ...sendsNotices }),
  'api-device': z.object({ ...everywhere, ...sendsTransitions, DEVICE_POLICY_NAME: z.string().min(1) }),
  'carry-out-transition': z.object({ ...everywhere, ...sendsTransitions, ...receivesMax }),
  'roll-out': z.object({
    ...everywhere,
    ...sendsTransitions,
    ...sendsRollouts,
    WEBHOOKS_QUEUE_URL: sendsNotices.WEBHOOKS_QUEUE_URL,
    ...receivesMax,
  }),
  'take-report': z.object({ ...everywhere, ...sendsTransitions }),
  'serve-content': z.object({ ...everywhere }),
  /** The name of the alarm that stands for the whole stage. */
  'halt-rollouts': z.object({ ...everywhere, ...sendsRollouts, STAGE_ALARM: z.string().min(1) }),
  'deliver-webhook': z.object({ ...everywhere, ...sendsNotices }),
  'sweep-contents': z.object({ ...everywhere }),
  'sweep-overdue': z.object({ ...everywhere, ...sendsTransitions, ...sendsRollouts }),
} as const;

export type FunctionName = keyof typeof environments;
export type Environment<Name extends FunctionName> = z.infer<(typeof environments)[Name]>;
