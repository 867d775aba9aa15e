// What no route of the contract answers: another method on a path that exists, another version, or nothing at all.
import { type HttpRequest, type HttpResponse, json } from '../http.ts';
import { contract } from './contract.ts';
import { fault, keystoneError, unrouted } from './faults.ts';
import { identityVersion } from './operations/keystone.ts';
import { baseUrlOf, versionsAt } from './versions.ts';

const routes = Object.keys(contract).map((key) => {
  const [method = '', template = ''] = key.split(' ');
  return { method, segments: template.split('/') };
});

const isOn = (path: readonly string[], segments: readonly string[]): boolean =>
  path.length === segments.length &&
  segments.every((segment, at) => (segment.startsWith('{') ? path[at] !== '' : segment === path[at]));

const methodsOf = (path: string): readonly string[] => {
  const segments = path.split('/');
  return [...new Set(routes.filter((route) => isOn(segments, route.segments)).map(({ method }) => method))];
};

const isKeystone = (path: string): boolean => path === '/v3' || path.startsWith('/v3/');

/** Clients add a slash to a version, and take one away. */
const versionDocuments: Readonly<Record<string, (request: HttpRequest) => HttpResponse>> = {
  '/v1/': (request) => json(300, versionsAt(baseUrlOf(request))),
  '/v3/': (request) => json(200, { version: identityVersion(baseUrlOf(request)) }),
};

const otherVersion = /^\/v\d+(\.\d+)?(\/|$)/;

/** Without an Allow header, as Heat has it: that is in the answer to OPTIONS. */
const notAllowed = (request: HttpRequest): HttpResponse =>
  isKeystone(request.path)
    ? keystoneError(405, `The method ${request.method} is not allowed here.`, baseUrlOf(request))
    : fault(405, 'HTTPMethodNotAllowed', 'The method specified is not allowed for this resource.');

const options = (methods: readonly string[]): HttpResponse => ({
  status: 204,
  headers: { allow: methods.join(',') },
  body: '',
});

const nowhere = (request: HttpRequest): HttpResponse => {
  const { path } = request;
  if (isKeystone(path)) return keystoneError(404, `There is no ${path} here.`, baseUrlOf(request));
  return otherVersion.test(path) && !path.startsWith('/v1/')
    ? json(300, versionsAt(baseUrlOf(request)))
    : unrouted(request);
};

export const tellUnknownRoute = (request: HttpRequest): HttpResponse => {
  const document = versionDocuments[request.path];
  if (document !== undefined && request.method === 'GET') return document(request);
  const methods = methodsOf(request.path);
  if (methods.length === 0) return nowhere(request);
  return request.method === 'OPTIONS' ? options(methods) : notAllowed(request);
};
