// What a webhook sends: the payload that its owner wrote with the placeholders filled in, signed as Standard Webhooks says.
import { Webhook } from 'standardwebhooks';
import type { Letter } from '#engine/ports';
import type { RolloutState } from '../fleet/state.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Body, Deployment } from '../store/kinds.ts';
import { time } from '../time.ts';
import { type EventType, nameOf } from './events.ts';

export interface Happening {
  readonly event: EventType;
  readonly organization: string;
  readonly deployment: Deployment;
  readonly state: RolloutState;
}

type Moment = {
  readonly at: (happening: Happening) => number;
  readonly status: (state: RolloutState) => string;
};

const moments: Readonly<Record<EventType, Moment>> = {
  deployment_started: { at: ({ deployment }) => deployment.createdAt, status: () => 'in progress' },
  deployment_finished: {
    at: ({ state, deployment }) => ('at' in state ? state.at : deployment.createdAt),
    status: ({ status }) => status,
  },
};

export const placeholders = [
  'event',
  'org_id',
  'triggered_at',
  'triggered_by',
  'app_id',
  'env_id',
  'deploy_id',
  'delta_id',
  'set_id',
  'comment',
  'status',
] as const;

type Values = Readonly<Record<(typeof placeholders)[number], string>>;

const valuesOf = ({ appId }: Body<'webhook'>, happening: Happening): Values => {
  const { event, organization, deployment, state } = happening;
  return {
    event: nameOf(event),
    org_id: organization,
    triggered_at: time(moments[event].at(happening)),
    triggered_by: deployment.createdBy,
    app_id: appId,
    env_id: deployment.envId,
    deploy_id: deployment.id,
    delta_id: deployment.deltaId ?? '',
    set_id: deployment.setId,
    comment: deployment.comment,
    status: moments[event].status(state),
  };
};

/** Of a webhook whose owner wrote none: what every event has, and what this one is about. */
const usual: JsonObject = Object.fromEntries(
  ['event', 'triggered_at', 'triggered_by', 'org_id', 'app_id', 'env_id', 'deploy_id', 'status'].map(
    (name) => [name, `\${${name}}`],
  ),
);

const isNamed = (name: string, values: Values): name is keyof Values => Object.hasOwn(values, name);

/** A name that nobody knows stays as it was written. */
const filledText = (text: string, values: Values): string =>
  text.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => (isNamed(name, values) ? values[name] : whole));

/** As deep as the contract lets a payload be. */
const filled = (value: Json, values: Values): Json => {
  if (typeof value === 'string') return filledText(value, values);
  if (Array.isArray(value)) return value.map((item) => filled(item, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, values)]));
};

const isEmpty = (payload: JsonObject): boolean => Object.keys(payload).length === 0;

export const bodyOf = (webhook: Body<'webhook'>, happening: Happening): string =>
  JSON.stringify(filled(isEmpty(webhook.payload) ? usual : webhook.payload, valuesOf(webhook, happening)));

export const letterOf = (webhook: Body<'webhook'>, eventId: string, body: string, now: number): Letter => {
  const at = new Date(now);
  return {
    url: webhook.url,
    body,
    headers: {
      ...webhook.headers,
      'content-type': 'application/json',
      'user-agent': 'Shadowcast-Webhooks/1',
      'webhook-id': eventId,
      'webhook-timestamp': String(Math.floor(now / 1000)),
      'webhook-signature': new Webhook(webhook.secret).sign(eventId, at, body),
    },
  };
};
