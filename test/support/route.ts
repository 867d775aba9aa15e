// Finds a contract's route for a path, as API Gateway does: a literal segment beats a parameter.

export interface Matched {
  readonly route: string | undefined;
  readonly params: Readonly<Record<string, string>>;
}

const paramsIn = (template: string, path: string): Record<string, string> | undefined => {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, segment] of wanted.entries()) {
    const value = given[at] ?? '';
    if (segment.startsWith('{') && value !== '') params[segment.slice(1, -1)] = decodeURIComponent(value);
    else if (segment !== value) return undefined;
  }
  return params;
};

const literals = (route: string): number =>
  route.split('/').filter((segment) => !segment.startsWith('{')).length;

export const matchRoute = (routes: readonly string[], method: string, path: string): Matched => {
  for (const route of [...routes].sort((a, b) => literals(b) - literals(a))) {
    const [routeMethod, template = ''] = route.split(' ');
    const params = routeMethod === method ? paramsIn(template, path) : undefined;
    if (params !== undefined) return { route, params };
  }
  return { route: undefined, params: {} };
};
