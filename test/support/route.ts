// Finds a contract's route for a path, as API Gateway does: a literal segment beats a parameter.

export interface Matched {
  readonly route: string | undefined;
  readonly params: Readonly<Record<string, string>>;
}

interface Template {
  readonly method: string;
  readonly segments: readonly string[];
  readonly literals: number;
}

const read = (route: string): Template => {
  const [method = '', path = ''] = route.split(' ');
  const segments = path.split('/');
  return { method, segments, literals: segments.filter((segment) => !segment.startsWith('{')).length };
};

const templates = new Map<string, Template>();

/** A contract has a hundred routes, and every request looks for one of them: each is taken apart once. */
const templateOf = (route: string): Template => {
  const template = templates.get(route) ?? read(route);
  templates.set(route, template);
  return template;
};

const paramsIn = (
  wanted: readonly string[],
  given: readonly string[],
): Record<string, string> | undefined => {
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, segment] of wanted.entries()) {
    const value = given[at] ?? '';
    if (segment.startsWith('{') && value !== '') params[segment.slice(1, -1)] = decodeURIComponent(value);
    else if (segment !== value) return undefined;
  }
  return params;
};

export const matchRoute = (routes: readonly string[], method: string, path: string): Matched => {
  const given = path.split('/');
  let found: Matched = { route: undefined, params: {} };
  let most = -1;
  for (const route of routes) {
    const { method: itsMethod, segments, literals } = templateOf(route);
    if (itsMethod !== method || literals <= most) continue;
    const params = paramsIn(segments, given);
    if (params === undefined) continue;
    found = { route, params };
    most = literals;
  }
  return found;
};
