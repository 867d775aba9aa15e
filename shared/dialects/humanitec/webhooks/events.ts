// What can be announced, in our words and in Humanitec's.
import { derivedUid } from '#engine/ids';
import type { Body } from '../store/kinds.ts';

export const events = {
  deployment_started: { scope: 'deployment', type: 'started' },
  deployment_finished: { scope: 'deployment', type: 'finished' },
} as const;

export type EventType = keyof typeof events;
export type Trigger = (typeof events)[EventType];

export const isEventType = (type: string): type is EventType => Object.hasOwn(events, type);

/** As a payload names it. */
export const nameOf = (event: EventType): string => `${events[event].scope}.${events[event].type}`;

/** One that names no trigger listens to all of them, as Humanitec's do. */
export const listensTo = ({ disabled, triggers }: Body<'webhook'>, event: EventType): boolean => {
  const { scope, type } = events[event];
  const isNamed = triggers.some((trigger) => trigger.scope === scope && trigger.type === type);
  return !disabled && (triggers.length === 0 || isNamed);
};

/** Made of what it is about, so that a repeat carries the same; another webhook of the same name has another. */
export const eventIdOf = (webhookUid: string, deployment: string, event: EventType): string =>
  `evt_${derivedUid('webhook', webhookUid, deployment, event)}`;
