// The HTTP APIs of the templates, as far as they have started: one API, its integrations, its routes.
import { PlainError } from '../plain-error.ts';
import type { Stage } from './event.ts';
import type { Route } from './routes.ts';

/** Collected while the templates start; the gateway opens when all of it is known. */
export type HttpApis = {
  addApi: (id: string) => void;
  addIntegration: (id: string, integration: { functionArn: string; timeoutMs: number }) => void;
  addRoute: (routeKey: string, target: string) => void;
  api: (accountId: string) => Stage;
  routes: () => Route[];
};

export const httpApis = (): HttpApis => {
  const apis = new Set<string>();
  const integrations = new Map<string, { functionArn: string; timeoutMs: number }>();
  const routes: Array<{ routeKey: string; target: string }> = [];
  return {
    addApi: (id) => {
      apis.add(id);
      if (apis.size > 1)
        throw new PlainError('the local cloud has one port and so one HTTP API, and this is the second');
    },
    addIntegration: (id, integration) => integrations.set(`integrations/${id}`, integration),
    addRoute: (routeKey, target) => routes.push({ routeKey, target }),
    api: (accountId) => ({ apiId: [...apis][0] ?? 'none', accountId }),
    routes: () =>
      routes.map(({ routeKey, target }) => {
        const integration = integrations.get(target);
        if (integration === undefined)
          throw new PlainError(`the route ${routeKey} leads to ${target}, which does not exist`);
        return { routeKey, ...integration };
      }),
  };
};
