// What every answer must be, whatever was asked: the route's own, or a no in the dialect's words, and nobody else's business.
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as z from 'zod';
import type { Dialect, Route } from '#dialects/dialect';
import type { Request } from './requests.ts';

export interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly json: unknown;
  /** What the door wrote about it: of faults with their stacks. */
  readonly logged: string;
  /** Causes of a fault of ours; empty: there was none. */
  readonly fault: string;
}

export interface Rules {
  readonly dialect: Dialect;
  /** Every shape that a no may have. */
  readonly no: z.ZodType;
  /** Statuses of a wrong key; 404: there is no such organization. */
  readonly foreignStatus: 403 | 404;
  /** What nobody of our organization may ever be told, unless they said it themselves. */
  readonly theirs: readonly string[];
  /** The same for the neighbours. */
  readonly ours: readonly string[];
  /** What nobody may be told who has not said it; and no log at all. */
  readonly secrets: readonly string[];
  /** What whoever asks has said before: a name may hold it since then. */
  readonly saidBefore: string;
  /** Successes that a route has beside the one that its contract names: a dry run, for one. */
  readonly alsoGranted?: Readonly<Record<string, readonly number[]>>;
  /** The parameter that names an organization. */
  readonly organizationParam?: string;
}

// Undeclared fields are as wrong as missing ones: a field that nobody declared is how something gets out.
const ajv = new Ajv2020({ strict: false, validateFormats: false });
const validators = new Map<string, (value: unknown) => string[]>();

const strictly = (key: string, schema: z.ZodType): ((value: unknown) => string[]) => {
  const there = validators.get(key);
  if (there !== undefined) return there;
  const validate = ajv.compile(z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }));
  const judge = (value: unknown): string[] =>
    validate(value)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  validators.set(key, judge);
  return judge;
};

/** Beside its own: 202, where what is large is deleted later. */
const faultsOfYes = ({ alsoGranted = {} }: Rules, key: string, route: Route, heard: Heard): string[] => {
  const { status, json, text } = heard;
  const wanted = route.status ?? 200;
  if (status === 202 && key.startsWith('DELETE ')) return [];
  if (status !== wanted && alsoGranted[key]?.includes(status) !== true) return [`is answered ${status}`];
  if (status === 204) return text === '' ? [] : ['a 204 has a body'];
  if (route.answer === undefined) return [];
  return strictly(key, route.answer)(json).map((fault) => `its answer is wrong: ${fault}`);
};

const faultsOfNo = ({ no }: Rules, key: string, { status, json, text }: Heard): string[] => {
  // What is asked with HEAD is answered without a body.
  if (key.startsWith('HEAD ')) return [];
  if (json === undefined) return [`its ${status} is not in the dialect's words: ${text.slice(0, 200)}`];
  return no.safeParse(json).success
    ? []
    : [`its ${status} is not in the dialect's words: ${text.slice(0, 400)}`];
};

const internals =
  /\bat [^\n]{0,200}\.[cm]?[jt]s:\d+|node_modules|\/shared\/(?:domain|engine|adapters|dialects)\//;

export const saidIn = ({ params, query, headers, body }: Request): string =>
  JSON.stringify([params, query, headers]) + String(body);

/** Where a route is public no key is looked at: what it tells, the signature in its URL has opened. */
const leaksIn = (
  { theirs, ours, secrets, saidBefore }: Rules,
  { scopes }: Route,
  request: Request,
  { text, headers, logged }: Heard,
): string[] => {
  const said = saidBefore + saidIn(request);
  const told = text + JSON.stringify({ ...headers, 'x-subject-token': undefined });
  return [
    ...(internals.test(told) ? ['something of our own code is told'] : []),
    ...(request.key === 'foreign' && scopes !== 'public' ? ours : theirs)
      .filter((name) => told.includes(name) && !said.includes(name))
      .map((name) => `${name} is the others', and told`),
    ...secrets
      .filter((secret) => told.includes(secret) && !said.includes(secret))
      .map((secret) => `${secret} is secret, and told`),
    ...secrets.filter((secret) => logged.includes(secret)).map((secret) => `${secret} is secret, and logged`),
  ];
};

const wrongKeyStatus = (rules: Rules, { scopes }: Route, { key, params }: Request): number | undefined => {
  if (scopes === 'public' || key === 'own') return undefined;
  if (key === 'lacking') return scopes.length > 0 ? 403 : undefined;
  if (key !== 'foreign') return 401;
  const { organizationParam = '' } = rules;
  return params[organizationParam] === undefined ? undefined : rules.foreignStatus;
};

const faultsOfKey = (rules: Rules, route: Route, request: Request, { status }: Heard): string[] => {
  const wanted = wrongKeyStatus(rules, route, request);
  return wanted === undefined || status === wanted
    ? []
    : [`a key that is ${request.key} is answered ${status}, not ${wanted}`];
};

/** The last name on the way to what is wrong; places in lists have none. */
const fieldOf = (error: z.ZodError): string | undefined =>
  error.issues[0]?.path.findLast((part): part is string => typeof part === 'string');

/** A value that the schema refuses is refused, and the field is named. */
const faultsOfField = (
  { body }: Route,
  { key, sent, changed }: Request,
  { status, text }: Heard,
): string[] => {
  if (body === undefined || key !== 'own' || changed !== 'a field') return [];
  const parsed = body.safeParse(sent);
  if (parsed.success) return [];
  if (status < 400) return [`a body that its schema refuses is answered ${status}`];
  const field = fieldOf(parsed.error);
  const isOfTheBody = [400, 422].includes(status) && field !== undefined && field.length < 60;
  return isOfTheBody && !told(text).includes(field) && !isAboutTheWhole(text)
    ? [`its ${status} does not name ${field}: ${text.slice(0, 300)}`]
    : [];
};

const told = (text: string): string => text.replaceAll('\\"', '"');

/** Refused before fields are looked at: towers, halves of letters, what is no object. */
const isAboutTheWhole = (text: string): boolean =>
  /nested|surrogate|too large|malformed or otherwise incorrect|larger than/.test(text);

export const faultsOf = (rules: Rules, request: Request, heard: Heard): string[] => {
  const route = Object.entries(rules.dialect.contract).find(([key]) => key === request.route)?.[1];
  if (route === undefined) throw new Error(`There is no ${request.route}.`);
  const { status, fault } = heard;
  return [
    ...(fault === '' ? [] : [`a fault of ours: ${fault}`]),
    ...(status >= 500 ? [`is answered ${status}`] : []),
    ...(status < 400
      ? faultsOfYes(rules, request.route, route, heard)
      : faultsOfNo(rules, request.route, heard)),
    ...leaksIn(rules, route, request, heard),
    ...faultsOfKey(rules, route, request, heard),
    ...faultsOfField(route, request, heard),
  ];
};
