// Who asks, and for which organization: what clients look at to see that they are logged in.
import type { Principal } from '#engine/keys';
import { document } from '../document.ts';
import { time } from '../time.ts';
import type { Operations } from './types.ts';

/** An organization is what its keys belong to; nobody has written down more of it. */
const organizationOf = ({ organization }: Principal) => ({
  id: organization,
  name: organization,
  created_at: null,
  created_by: '',
  trial_expires_at: null,
  logo: {},
});

export const organizations: Operations<
  'GET /orgs/openapi.json' | 'GET /current-user' | 'GET /orgs' | 'GET /orgs/{orgId}'
> = {
  'GET /orgs/openapi.json': () => async () => ({ body: document() }),

  'GET /current-user':
    ({ keys }) =>
    async ({ principal: { keyId, organization } }) => ({
      body: {
        id: keyId,
        name: keyId,
        type: 'service',
        created_at: time((await keys.load(keyId))?.createdAt ?? 0),
        properties: {},
        roles: { [`/orgs/${organization}`]: 'member' },
      },
    }),

  'GET /orgs':
    () =>
    async ({ principal }) => ({ body: [organizationOf(principal)] }),
  'GET /orgs/{orgId}':
    () =>
    async ({ principal }) => ({ body: organizationOf(principal) }),
};
