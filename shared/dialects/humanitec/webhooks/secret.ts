// The secret that signs a webhook's messages, in the form of Standard Webhooks: `whsec_` and 24 to 64 bytes in base64.
import type { World } from '#engine/ports';

const prefix = 'whsec_';
const bytesMade = 32;

export const newWebhookSecret = ({ chance }: Pick<World, 'chance'>): string =>
  `${prefix}${Buffer.from(chance.bytes(bytesMade)).toString('base64')}`;
