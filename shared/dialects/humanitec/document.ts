// The OpenAPI document of this dialect, made from its contract.
import { openApi } from '../openapi.ts';
import { contract } from './contract.ts';
import { error } from './objects.ts';

export const document = (): Record<string, unknown> =>
  openApi(
    contract,
    {
      title: 'Shadowcast, Humanitec dialect',
      version: '0.28.36',
      description: 'Deployments of environments, as the API of Humanitec’s Platform Orchestrator has them.',
      security: { BearerAuth: { type: 'http', scheme: 'bearer' } },
      headers: [],
    },
    '',
    error,
  );
