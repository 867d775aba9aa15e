// As much of Keystone as a client needs to log in: an API key is an application credential, and the token is the key.
import type * as z from 'zod';
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import type { Principal } from '#engine/keys';
import type { Authenticate } from '../../dialect.ts';
import { derivedUuid } from '../ids.ts';
import type * as is from '../objects.ts';
import { exactTime, time } from '../tell.ts';
import type { CallOf, Operations } from './types.ts';

const region = 'RegionOne';
const domain = { id: 'default', name: 'Default' };

/** A key has no end: clients log in again when the token's time is up, and get the same. */
const tokenMs = 24 * 60 * 60 * 1000;

const hexId = (text: string): string => derivedUuid(text).replaceAll('-', '');

const service = (type: string, name: string, url: string): z.infer<typeof is.catalog>['catalog'][number] => ({
  id: hexId(`service ${type}`),
  type,
  name,
  endpoints: ['public', 'internal', 'admin'].map((visibility) => ({
    id: hexId(`endpoint ${type} ${visibility}`),
    interface: visibility,
    region,
    region_id: region,
    url,
  })),
});

const catalogOf = ({ organization }: Principal, baseUrl: string) => [
  service('orchestration', 'heat', `${baseUrl}/v1/${encodeURIComponent(organization)}`),
  service('identity', 'keystone', `${baseUrl}/v3`),
];

const roles = ['member', 'reader'].map((name) => ({ id: hexId(`role ${name}`), name }));

const tokenOf = (principal: Principal, baseUrl: string, now: number): z.infer<typeof is.token> => ({
  token: {
    methods: ['application_credential'],
    user: { id: principal.keyId, name: principal.keyId, domain, password_expires_at: null },
    project: { id: principal.organization, name: principal.organization, domain },
    is_domain: false,
    roles,
    catalog: catalogOf(principal, baseUrl),
    audit_ids: [hexId(`audit ${principal.keyId}`)],
    issued_at: exactTime(now),
    expires_at: exactTime(now + tokenMs),
  },
});

const wrong = (): Refusal =>
  refuse('unauthenticated', 'The application credential is unknown or its secret is wrong.');

/** The secret is the whole key, or what follows the id in it. */
const keyOf = ({
  body: {
    auth: {
      identity: { application_credential },
    },
  },
}: CallOf<'POST /v3/auth/tokens'>): string => {
  const { id = '', secret = '' } = application_credential ?? {};
  return secret.startsWith(`${id}_`) ? secret : `${id}_${secret}`;
};

const subject = (key: string) => ({ 'x-subject-token': key, vary: 'X-Auth-Token' });

interface SubjectCall {
  readonly authenticate: Authenticate;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly principal: Principal;
}

/** Whose token is asked about: one's own, or another of the same organization. */
const subjectOf = async ({ authenticate, headers, principal }: SubjectCall): Promise<Principal | Refusal> => {
  const subjectToken = headers['x-subject-token'];
  if (subjectToken === undefined) return principal;
  const found = await authenticate(subjectToken);
  return found?.organization === principal.organization
    ? found
    : refuse('not_found', 'This is not a recognized Fernet token.');
};

export const keystone: Operations<
  'GET /v3' | 'POST /v3/auth/tokens' | 'GET /v3/auth/tokens' | 'HEAD /v3/auth/tokens' | 'GET /v3/auth/catalog'
> = {
  'GET /v3':
    () =>
    async ({ baseUrl }) => ({ body: { version: identityVersion(baseUrl) } }),

  'POST /v3/auth/tokens': (world) => async (call) => {
    const key = keyOf(call);
    const principal = await call.authenticate(key);
    if (principal === undefined) return wrong();
    // A login changes nothing.
    const { keyId: id, organization } = principal;
    const tooMany = await call.recognise({ by: 'key', id, organization, asking: 'read' });
    if (tooMany !== undefined) return tooMany;
    return { body: tokenOf(principal, call.baseUrl, world.clock.now()), headers: subject(key) };
  },

  'GET /v3/auth/tokens': (world) => async (call) => {
    const found = await subjectOf(call);
    if (isRefusal(found)) return found;
    return {
      body: tokenOf(found, call.baseUrl, world.clock.now()),
      headers: subject(call.headers['x-subject-token'] ?? call.callerSecret),
    };
  },

  'HEAD /v3/auth/tokens': () => async (call) => {
    const found = await subjectOf(call);
    return isRefusal(found) ? found : { body: { raw: '' }, headers: { vary: 'X-Auth-Token' } };
  },

  'GET /v3/auth/catalog':
    () =>
    async ({ principal, baseUrl }) => ({ body: { catalog: catalogOf(principal, baseUrl) } }),
};

/** Told also where the path ends with a slash. */
export const identityVersion = (baseUrl: string): z.infer<typeof is.identityVersion>['version'] => ({
  id: 'v3.14',
  status: 'stable',
  updated: time(Date.UTC(2020, 3, 7)),
  links: [{ rel: 'self', href: `${baseUrl}/v3/` }],
  'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
});
