// Routes keyed as AWS's models write them, "PUT /things/{thingName}/principals": which one is meant, with which parameters.
export interface RestRequest {
  params: Record<string, string>;
  query: URLSearchParams;
  header: (name: string) => string | undefined;
  body: Buffer;
}

/** What is answered with 200; bytes go out as they are. */
export type RestHandler = (request: RestRequest) => object | Uint8Array | Promise<object | Uint8Array>;
export type Routes = Record<string, RestHandler>;

export interface Found {
  /** As it is declared. */
  route: string;
  handler: RestHandler;
  params: Record<string, string>;
}

export const createRouter = (routes: Routes) => {
  const compiled = Object.entries(routes).map(([route, handler]) => ({
    ...compileRoute(route),
    route,
    handler,
  }));
  return (method: string, path: string): Found | undefined => {
    for (const { route, handler, ...compiledRoute } of compiled) {
      const params = compiledRoute.method === method ? compiledRoute.pattern.exec(path) : null;
      if (params) return { route, handler, params: decodeAll(params.groups ?? {}) };
    }
    return undefined;
  };
};

const compileRoute = (route: string) => {
  const [method = '', template = ''] = route.split(' ');
  // Topics may contain slashes; clients send them encoded, curl does not.
  const pattern = template.replace('{topic}', '(?<topic>.+)').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return { method, pattern: new RegExp(`^${pattern}/?$`) };
};

const decodeAll = (groups: Record<string, string>) =>
  Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
