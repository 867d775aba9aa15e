// The reserved shadow topics, read and written in one place.
// https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html#reserved-topics-shadow
export const operations = ['get', 'update', 'delete'] as const;
export type Operation = (typeof operations)[number];

export interface ShadowAddress {
  thing: string;
  /** Absent for the classic shadow. */
  shadow?: string;
}

const requestTopic = /^\$aws\/things\/([^/]+)\/shadow(?:\/name\/([^/]+))?\/(get|update|delete)$/;
const thingName = /^[a-zA-Z0-9:_-]{1,128}$/;
const shadowName = /^[$a-zA-Z0-9:_-]{1,64}$/;

export const isThingName = (name: string): boolean => thingName.test(name);
export const isShadowName = (name: string): boolean => shadowName.test(name);

/** `undefined` for every other topic, the answers of the shadow service included. */
export const parseRequestTopic = (topic: string): (ShadowAddress & { operation: Operation }) | undefined => {
  const [, thing, shadow, operation] = requestTopic.exec(topic) ?? [];
  if (thing === undefined || operation === undefined || !isThingName(thing)) return undefined;
  if (shadow === undefined) return { thing, operation: operation as Operation };
  return isShadowName(shadow) ? { thing, shadow, operation: operation as Operation } : undefined;
};

export const shadowTopic = ({ thing, shadow }: ShadowAddress, suffix: string): string =>
  `$aws/things/${thing}/shadow${shadow === undefined ? '' : `/name/${shadow}`}/${suffix}`;
