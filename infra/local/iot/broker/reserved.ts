// Topics that begin with `$` belong to AWS: of these a device may publish only requests to the shadow service.
import { parseRequestTopic } from '../shadow/shadow-topics.ts';

export const isReserved = (topic: string): boolean => topic.startsWith('$');

export const mayBePublished = (topic: string): boolean =>
  !isReserved(topic) || parseRequestTopic(topic) !== undefined;

/** The broker's own `$SYS` and shared subscriptions are not served. */
export const maySubscribe = (filter: string): boolean => !isReserved(filter) || filter.startsWith('$aws/');
