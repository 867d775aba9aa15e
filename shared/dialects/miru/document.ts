// The OpenAPI document of this dialect, made from its contract.
import { openApi } from '../openapi.ts';
import { contract } from './contract.ts';
import { editionNames } from './editions.ts';
import { error } from './objects.ts';

export const document = (): Record<string, unknown> =>
  openApi(
    contract,
    {
      title: 'Shadowcast, Miru dialect',
      version: editionNames[0] ?? '',
      description: 'Deployments of config instances to devices, as Miru’s Platform API has them.',
      security: { ApiKeyAuth: { type: 'apiKey', in: 'header', name: 'X-API-Key' } },
      headers: [
        {
          name: 'Miru-Version',
          description: `The API version that the client was built for: ${editionNames.join(' or ')}.`,
        },
      ],
    },
    '/beta',
    error,
  );
