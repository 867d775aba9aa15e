// How a thing gets its certificate: a single-use token and a CSR over HTTPS, answered with everything it needs to connect.
import * as z from 'zod';
import { channel } from './shadow.ts';

/** The device door's contract, keyed by route like every contract. */
export const activationRoute = 'POST /device/activation';

export const activationRequest = z.object({
  token: z.string().min(1).max(256),
  /** PEM of a PKCS#10 request; its private key never leaves the device. */
  csr: z.string().min(1).max(8192),
  agent_version: z.string().max(64).optional(),
  /** With a provisioning token, which makes the thing: what its owner shall call it. */
  name: z.string().min(1).max(48).optional(),
  /** A thing that only renews its certificate still has its files; any other starts from nothing. */
  keeps_files: z.boolean().default(false),
});

export const activationAnswer = z.object({
  thing: z.string(),
  /** PEM of the client certificate. */
  certificate: z.string(),
  endpoint: z.object({ host: z.string(), port: z.number().int() }),
  channels: z.array(channel),
});
export type ActivationAnswer = z.infer<typeof activationAnswer>;
