// The topics of the local cloud: who has subscribed, and a line in a log for whoever would get mail.

export type Subscriber = (subject: string, message: string) => void;

export type Topics = {
  put: (arn: string) => void;
  subscribe: (arn: string, subscriber: Subscriber) => void;
  publish: (arn: string, subject: string, message: string) => void;
};

export const createTopics = (log: (line: string) => void): Topics => {
  const topics = new Map<string, Subscriber[]>();
  const subscribersOf = (arn: string): Subscriber[] => {
    const subscribers = topics.get(arn) ?? [];
    topics.set(arn, subscribers);
    return subscribers;
  };
  return {
    put: (arn) => void subscribersOf(arn),
    subscribe: (arn, subscriber) => void subscribersOf(arn).push(subscriber),
    publish: (arn, subject, message) => {
      log(`${arn}: ${subject} ${message}`);
      for (const subscriber of subscribersOf(arn)) subscriber(subject, message);
    },
  };
};
