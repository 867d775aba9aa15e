// The OpenAPI document of this dialect, made from its contract.
import { openApi } from '../openapi.ts';
import { contract } from './contract.ts';
import { fault } from './objects.ts';

export const document = (): Record<string, unknown> =>
  openApi(
    contract,
    {
      title: 'Shadowcast, Heat dialect',
      version: 'v1.0',
      description:
        'Software configs and deployments to servers, as OpenStack Heat has them, and as much of Keystone as its clients log in with.',
      security: { Token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' } },
      headers: [],
    },
    '',
    fault,
  );
