// Two clients of the small system's door whose every answer is held to the published document: one that asks as it
// likes, and one typed from the document.
import createClient, { type Client } from 'openapi-fetch';
import * as z from 'zod';
import { miru } from '#dialects/miru/dialect';
import { matchRoute } from '#test/support/route';
import type { Answer, Ask, SmallSystem } from '#test/support/small-system';
import { miruVersion } from '../given.ts';
import { basePath, faultsOf, operationOf } from './published.ts';
import type { paths } from './tetons.ts';

/** What every refusal looks like; its status is never a fault of ours. */
const refusal = z.strictObject({
  error: z.strictObject({
    code: z.string().regex(/^[a-z_]+$/),
    message: z.string().min(1),
    params: z.record(z.string(), z.unknown()),
  }),
});

const refusalFaults = ({ status, body }: Answer): readonly string[] => {
  const parsed = refusal.safeParse(body);
  const faults = parsed.success ? [] : parsed.error.issues.map(({ message }) => message);
  return status >= 400 && status < 500 ? faults : [...faults, `status ${status}`];
};

const successFaults = (route: string | undefined, { body, raw }: Answer): readonly string[] => {
  const published = operationOf(route);
  if (published === undefined) return [];
  if (published.answer !== undefined) return faultsOf(published.answer, body);
  return raw instanceof Uint8Array ? [] : ['is not raw'];
};

const routeOf = (request: string): string | undefined => {
  const [method = '', url = ''] = request.split(' ');
  return matchRoute(Object.keys(miru.contract), method, url.split('?')[0] ?? '').route;
};

export interface CheckedClient {
  /** Fails when the answer is not what the document says. */
  readonly ask: Ask;
  /** Routes that have answered with success, and were right. */
  readonly answered: ReadonlySet<string>;
}

export const checkedClient = (
  system: SmallSystem,
  defaults: Readonly<Record<string, string>>,
): CheckedClient => {
  const answered = new Set<string>();
  const ask = system.clientOf(miru, defaults);
  return {
    answered,
    ask: async (request, body, headers) => {
      const answer = await ask(request, body, headers);
      const route = routeOf(request);
      const faults = answer.status === 200 ? successFaults(route, answer) : refusalFaults(answer);
      if (faults.length > 0)
        throw new Error(`${request} answered ${answer.status} ${answer.raw}\n${faults.join('\n')}`);
      if (answer.status === 200 && route !== undefined) answered.add(route);
      return answer;
    },
  };
};

export const keyHeaders = async (
  system: SmallSystem,
  organization = 'acme',
  ...scopes: string[]
): Promise<Record<string, string>> => ({
  'x-api-key': await system.newKey(organization, ...scopes),
  'miru-version': miruVersion,
});

/** `fetch`, with the small system at the other end: the request is sent as the client made it. */
const fetchOf =
  (ask: Ask) =>
  async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const body = new Uint8Array(await request.arrayBuffer());
    const { status, headers, raw } = await ask(
      `${request.method} ${pathname}${search}`,
      body,
      Object.fromEntries(request.headers),
    );
    return new Response(typeof raw === 'string' ? raw : Buffer.from(raw), { status, headers });
  };

export type TypedClient = Client<paths>;

/** openapi-fetch, typed from the document, with the headers that the document asks for. */
export const typedClient = (ask: Ask, headers: Readonly<Record<string, string>>): TypedClient =>
  createClient<paths>({ baseUrl: `http://localhost:8080${basePath}`, fetch: fetchOf(ask), headers });
