// Which route answers a request, by API Gateway's rules: the most specific path wins, then the method, then $default.

export type Route = {
  /** `GET /beta/deployments/{id}`, `ANY /beta/{proxy+}` or `$default`. */
  routeKey: string;
  functionArn: string;
  timeoutMs: number;
};

export type Match = { route: Route; pathParameters: Record<string, string> };

type Pattern = { route: Route; method: string; segments: string[] };

const greedy = /^\{(.+)\+\}$/;
const variable = /^\{(.+)\}$/;

const segmentsOf = (path: string): string[] => path.split('/').slice(1);

const patternOf = (route: Route): Pattern => {
  const [method = '', path = '/'] = route.routeKey.split(' ');
  return { route, method, segments: segmentsOf(path) };
};

/** Per segment: literal before variable before greedy. Compared as text, so that the leftmost difference decides. */
const rankOf = ({ method, segments }: Pattern): string => {
  const kinds = segments.map((segment) => (greedy.test(segment) ? '2' : variable.test(segment) ? '1' : '0'));
  return `${kinds.join('')}3${method === 'ANY' ? '1' : '0'}`;
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** The path's variables, decoded, or undefined where the path is another one. A greedy variable takes at least one segment. */
const matchPath = (
  pattern: readonly string[],
  path: readonly string[],
): Record<string, string> | undefined => {
  const parameters: Record<string, string> = {};
  for (const [position, segment] of pattern.entries()) {
    const actual = path[position];
    if (actual === undefined) return undefined;
    const rest = greedy.exec(segment)?.[1];
    if (rest !== undefined) {
      const tail = path.slice(position).join('/');
      return tail === '' ? undefined : { ...parameters, [rest]: decoded(tail) };
    }
    const name = variable.exec(segment)?.[1];
    if (name === undefined && decoded(actual) !== segment) return undefined;
    if (name !== undefined && actual === '') return undefined;
    if (name !== undefined) parameters[name] = decoded(actual);
  }
  return pattern.length === path.length ? parameters : undefined;
};

/** `path` is as it came over the wire, still percent-encoded. */
export const routeTable = (routes: readonly Route[]) => {
  const fallback = routes.find(({ routeKey }) => routeKey === '$default');
  const patterns = routes
    .filter((route) => route !== fallback)
    .map(patternOf)
    .sort((left, right) => (rankOf(left) < rankOf(right) ? -1 : 1));

  return (method: string, path: string): Match | undefined => {
    const segments = segmentsOf(path);
    for (const pattern of patterns) {
      if (pattern.method !== 'ANY' && pattern.method !== method) continue;
      const pathParameters = matchPath(pattern.segments, segments);
      if (pathParameters !== undefined) return { route: pattern.route, pathParameters };
    }
    return fallback === undefined ? undefined : { route: fallback, pathParameters: {} };
  };
};
