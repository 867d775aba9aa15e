// Answers a ping with the same words: the way there and back is what is measured.
import { ping } from '../../shadow.ts';
import { contentTopics } from '../../topics.ts';

export const createPong =
  (thing: string, publish: (topic: string, message: unknown) => void) =>
  (message: unknown): void => {
    const { success, data } = ping.safeParse(message);
    if (success) publish(contentTopics(thing).pong, data);
  };
