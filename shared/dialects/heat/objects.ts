// The objects of Heat's software configuration API, as clients send and read them.
import * as z from 'zod';
import { isEmpty, pythonText } from './python.ts';

/** Of Heat's columns: what is longer is an error there, and a worded one here. */
const textMax = 255;
const serverIdMax = 36;
const projectIdMax = 64;
const reasonBytesMax = 65_535;

const tooLong = (max: number) => `must be at most ${max} characters long`;

const within =
  (max: number) =>
  (value: unknown): boolean =>
    (typeof value === 'string' ? value : JSON.stringify(value ?? null)).length <= max;

const anything = z.unknown().optional();

/** Text as a rule; Heat takes and echoes other values as well. */
const label = anything.refine(within(textMax), tooLong(textMax));

const scalar = z.union([z.string(), z.number(), z.boolean()], 'must be text');
const word = scalar.refine(within(textMax), tooLong(textMax)).nullish();

const bytesOf = (value: unknown): number =>
  Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value ?? null));

const reason = anything.refine(
  (value) => bytesOf(value) <= reasonBytesMax,
  `must be at most ${reasonBytesMax} bytes long`,
);

const object = z.record(z.string(), z.unknown());
const time = z.string().meta({ examples: ['2015-01-31T15:12:36Z'] });

// ---- configs

export const createConfig = z.object({
  name: label,
  group: label,
  config: anything,
  inputs: anything,
  outputs: anything,
  options: anything,
});

export const configSummary = z.object({
  id: z.string(),
  name: z.unknown(),
  group: z.unknown(),
  creation_time: time,
});

export const config = configSummary.extend({
  config: z.unknown(),
  inputs: z.array(z.unknown()),
  outputs: z.array(z.unknown()),
  options: z.unknown(),
});

// ---- deployments

const given = z
  .unknown()
  .default(null)
  .pipe(z.unknown().refine((value) => value !== null, 'is required'));

export const createDeployment = z.object({
  config_id: given.transform(pythonText),
  server_id: given.pipe(scalar.refine(within(serverIdMax), tooLong(serverIdMax))),
  input_values: anything,
  action: word,
  status: word,
  status_reason: reason,
  stack_user_project_id: z.string().max(projectIdMax, tooLong(projectIdMax)).nullish(),
  deadline_seconds: z
    .number()
    .int()
    .positive()
    .max(365 * 24 * 60 * 60)
    .nullish()
    .describe('An addition to Heat: without a result by then, the deployment fails.'),
});

/** In an update every empty value means "as it is", whatever its type. */
const wordOrEmpty = anything.refine(
  (value) => isEmpty(value) || word.safeParse(value).success,
  `must be text of at most ${textMax} characters`,
);

export const updateDeployment = z.object({
  config_id: anything,
  input_values: anything,
  output_values: anything,
  action: wordOrEmpty,
  status: wordOrEmpty,
  status_reason: reason,
});

export const deployment = z.object({
  id: z.string(),
  server_id: z.unknown(),
  input_values: z.unknown(),
  output_values: z.unknown(),
  action: z.unknown(),
  status: z.unknown(),
  status_reason: z.string(),
  config_id: z.string(),
  creation_time: time,
  updated_time: time.optional().describe('Only after the first update.'),
});

const link = z.object({ rel: z.string(), href: z.string() });

export const deploymentList = z.object({
  software_deployments: z.array(deployment),
  software_deployments_links: z
    .array(link)
    .optional()
    .describe('An addition to Heat: where the next page is, when this is not all.'),
});

export const event = z.object({
  at: z.string(),
  by: z.string(),
  from: z.unknown(),
  to: z.unknown(),
  why: z.string(),
});

export const why = z.object({
  deployment_id: z.string(),
  status: z.unknown(),
  status_reason: z.string(),
  waiting_for: z.string().nullable(),
  ended_by: z.string().nullable(),
  since: z.string().nullable(),
  until: z.string().nullable(),
  consequence: z.string().nullable(),
  started: z.boolean().nullable().describe('Null: only the server knows, and it has not said so.'),
  started_at: z.string().nullable(),
});

// ---- what only this service has

export const signedUrl = z.object({ url: z.string(), expires_at: z.string().nullable() });
export const activationToken = z.object({ token: z.string(), expires_at: z.string() });
export const issueActivationToken = z.object({ allow_reactivation: z.boolean().default(false) });

// ---- the rest

export const anyObject = object;

export const validated = z.object({ Description: z.string(), Parameters: object, Environment: object });

export const versions = z.object({
  versions: z.array(z.object({ id: z.string(), status: z.string(), links: z.array(link) })),
});

export const fault = z.object({
  code: z.number(),
  title: z.string(),
  explanation: z.string(),
  error: z.object({ type: z.string(), traceback: z.string().nullable(), message: z.string().optional() }),
});

// ---- Keystone

export const identityVersion = z.object({
  version: z.object({
    id: z.string(),
    status: z.string(),
    updated: z.string(),
    links: z.array(link),
    'media-types': z.array(z.object({ base: z.string(), type: z.string() })),
  }),
});

export const authenticate = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.string()),
      application_credential: z.object({ id: z.string(), secret: z.string() }).optional(),
    }),
  }),
});

const named = z.object({ id: z.string(), name: z.string() });

const service = named.extend({
  type: z.string(),
  endpoints: z.array(
    z.object({
      id: z.string(),
      interface: z.string(),
      region: z.string(),
      region_id: z.string(),
      url: z.string(),
    }),
  ),
});

export const catalog = z.object({ catalog: z.array(service) });

export const token = z.object({
  token: catalog.extend({
    methods: z.array(z.string()),
    user: named.extend({ domain: named, password_expires_at: z.null() }),
    project: named.extend({ domain: named }),
    is_domain: z.boolean(),
    roles: z.array(named),
    audit_ids: z.array(z.string()),
    issued_at: z.string(),
    expires_at: z.string(),
  }),
});

// ---- what Heat has not

/** One attempt to change something. */
export const auditEvent = z.object({
  id: z.string().meta({ description: 'As a marker: those after it.' }),
  at: z.string(),
  user_id: z.string(),
  method: z.string(),
  route: z.string(),
  path: z.string(),
  target_id: z.string().nullable(),
  outcome: z.string(),
  status: z.int(),
});
