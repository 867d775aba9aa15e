// Given, for stories told in Humanitec's words: an organization with a key, an application and its environment. Every answer is judged.
import { expect } from 'vitest';
import { contract } from '#dialects/humanitec/contract';
import { humanitec } from '#dialects/humanitec/dialect';
import { matchRoute } from '#test/support/route';
import { type Ask, type SmallSystem, smallSystem } from '#test/support/small-system';
import { faultsOf } from './published/published.ts';

const routes = Object.keys(contract);

/** Holds every answer to the published document. */
const judged =
  (ask: Ask): Ask =>
  async (request, body, headers) => {
    const answer = await ask(request, body, headers);
    const [method = '', url = ''] = request.split(' ');
    const { route } = matchRoute(routes, method, url.split('?')[0] ?? '');
    expect(
      faultsOf({ route, ...answer }),
      `${request} ${answer.status} ${String(answer.raw).slice(0, 500)}`,
    ).toEqual([]);
    return answer;
  };

/** Its answers are not judged: where what a client sends is told again, the document asks for more than anybody keeps to. */
export const looseClientFor = async (
  system: SmallSystem,
  organization: string,
  ...scopes: string[]
): Promise<Ask> =>
  system.clientOf(humanitec, { authorization: `Bearer ${await system.newKey(organization, ...scopes)}` });

export const clientFor = async (...given: Parameters<typeof looseClientFor>): Promise<Ask> =>
  judged(await looseClientFor(...given));

export const app = '/orgs/acme/apps/shop';
export const env = `${app}/envs/development`;

export const moduleOf = (image: string) => ({
  profile: 'humanitec/default-module',
  spec: { containers: { main: { id: 'main', image, variables: {} } } },
  externals: {},
});

export const givenApp = async (system: SmallSystem = smallSystem()) => {
  const ask = await clientFor(system, 'acme');
  /** Asks, and expects that it is granted. */
  const does = async (request: string, body?: unknown) => {
    const answer = await ask(request, body);
    expect(answer.status, `${request}: ${answer.raw}`).toBeLessThan(300);
    system.clock.pass(1);
    return answer.body;
  };
  await does('POST /orgs/acme/apps', { id: 'shop', name: 'Shop' });

  const delta = async (modules: object, shared: unknown[] = []): Promise<string> =>
    (await does(`POST ${app}/deltas`, { modules, shared })).id;

  /** A deployment that adds a module. */
  const deploy = async (name: string, image = 'image:1', at = env) =>
    does(`POST ${at}/deploys`, { delta_id: await delta({ add: { [name]: moduleOf(image) } }) });

  const setOf = async (id: string) => does(`GET ${app}/sets/${id}`);

  return { system, ask, does, delta, deploy, setOf };
};
