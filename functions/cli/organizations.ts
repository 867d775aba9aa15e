// `npm run organizations -- export|remove|limits`: an organization as a whole, in an AWS account or on the local cloud.
import { once } from 'node:events';
import { isSecret } from '#dialects/secrets';
import { exportOrganization } from '#engine/export-organization';
import { perSecond as everybodys } from '#engine/limits';
import type { Agreed, Asking, Holder, Transitions, World } from '#engine/ports';
import { removeOrganization } from '#engine/remove-organization';
import { retentionOf } from '#operations/retention';
import { sweepOrganization } from '../jobs/sweep-organization.ts';
import { liveStore, worldOf } from '../wiring/live.ts';
import { liveCertificates } from '../wiring/live-certificates.ts';
import { audited } from './audited.ts';
import { act, type Commands, readArguments } from './command.ts';
import { organizationNamed } from './organization-name.ts';
import { surroundings, UsageError } from './surroundings.ts';

const usage = `Usage:
  npm run --silent organizations -- export ORGANIZATION > file.ndjson
  npm run organizations -- remove ORGANIZATION --yes
  npm run organizations -- sweep  [ORGANIZATION]
  npm run organizations -- limits ORGANIZATION [--key-reads N] [--key-writes N] [--reads N] [--writes N]
  npm run organizations -- limits ORGANIZATION --reset

Without --stage the local cloud is meant, which must be running (npm start).
With --stage prod it is the AWS account of your credentials: table shadowcast-prod.
Sweep takes away history that is over for long, and content that nothing names any more; without an organization that of all of them.
Limits are requests per second, of each key and of the organization. Without options they are shown, those that are named are
changed, and with --reset all are everybody's again.
An organization comes into being with its first key (npm run keys -- create): before, it is refused here.`;

const rate = { type: 'string' } as const;

/** Each option of a limit, and whose it is. */
const rates = {
  'key-reads': ['key', 'read'],
  'key-writes': ['key', 'write'],
  reads: ['organization', 'read'],
  writes: ['organization', 'write'],
} as const satisfies Readonly<Record<string, readonly [Holder, Asking]>>;

type Rate = keyof typeof rates;

const rateNames = Object.keys(rates) as Rate[];

const { values: options, positionals } = readArguments(usage, {
  yes: { type: 'boolean', default: false },
  stage: { type: 'string' },
  'key-reads': rate,
  'key-writes': rate,
  reads: rate,
  writes: rate,
  reset: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
});

/** Slots that are abandoned on the way out need not be told to anybody: they go. */
const toNobody: Transitions = { send: async () => undefined, backlog: async () => 0 };

const liveWorld = (): World => {
  const { tableName, policyName } = surroundings(options.stage);
  return worldOf({
    ...liveStore(tableName),
    transitions: toNobody,
    certificates: liveCertificates(policyName),
  });
};

const needOrganization = (): string => organizationNamed(positionals[1], 'Which organization?');

/** It has, or had, at least a key; the first line of its export says so, whatever that is about. */
const isThere = async (world: World, organization: string): Promise<boolean> => {
  for await (const _ of exportOrganization(world, isSecret)(organization)) return true;
  return false;
};

const needThere = async (world: World, organization: string): Promise<void> => {
  if (!(await isThere(world, organization)))
    throw new UsageError(`There is no organization ${organization}.`);
};

const perSecond = (name: Rate): number | undefined => {
  const text = options[name];
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`--${name} is a whole number of requests per second.`);
  return Number(text);
};

// ---- what there is to do

const write = async (): Promise<void> => {
  const [organization, world] = [needOrganization(), liveWorld()];
  await needThere(world, organization);
  for await (const line of exportOrganization(world, isSecret)(organization))
    if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain');
};

const remove = async (): Promise<void> => {
  const organization = needOrganization();
  if (!options.yes) throw new UsageError(`This cannot be undone: add --yes to remove ${organization}.`);
  const world = liveWorld();
  await needThere(world, organization);
  console.log('Its keys are revoked; what it has is removed when no door trusts them any more, in a minute.');
  const counts = new Map<string, number>();
  for await (const { what, count } of removeOrganization(world)(organization))
    counts.set(what, (counts.get(what) ?? 0) + count);
  console.log([...counts].map(([what, count]) => `${what}: ${count}`).join('\n'));
};

const sweep = async (): Promise<void> => {
  const world = liveWorld();
  const retention = retentionOf(surroundings(options.stage).tableName);
  const whose = positionals[1] === undefined ? world.estate.organizations() : [needOrganization()];
  for await (const organization of whose) {
    const { stored, removed, removedBytes } = await sweepOrganization(world, retention)(organization);
    console.log(`${organization}: ${removed} of ${stored} contents removed, ${removedBytes} bytes`);
  }
};

const limitLine = (agreed: Agreed, name: Rate): string => {
  const [holder, asking] = rates[name];
  const own = agreed[holder]?.[asking];
  return `  ${name.padEnd(10)}  ${own === undefined ? `${everybodys[holder][asking]}, as everybody's` : `${own}, agreed`}`;
};

const limitLines = (organization: string, agreed: Agreed): string =>
  [`${organization}, requests per second:`, ...rateNames.map((name) => limitLine(agreed, name))].join('\n');

/** What is named is changed; the rest stays as it was agreed. */
const changedLimits = (before: Agreed, wanted: ReadonlyMap<Rate, number>): Agreed => {
  const { key, organization } = before;
  const agreed = { key: { ...key }, organization: { ...organization } };
  for (const [name, limit] of wanted) {
    const [holder, asking] = rates[name];
    agreed[holder] = { ...agreed[holder], [asking]: limit };
  }
  return agreed;
};

const nothingAgreed: Agreed = { key: {}, organization: {} };

const wantedLimits = (): ReadonlyMap<Rate, number> =>
  new Map(
    rateNames.flatMap((name) => {
      const wanted = perSecond(name);
      return wanted === undefined ? [] : [[name, wanted] as const];
    }),
  );

const limits = async (): Promise<void> => {
  const [organization, wanted, world] = [needOrganization(), wantedLimits(), liveWorld()];
  if (options.reset && wanted.size > 0)
    throw new UsageError('Either --reset, or the limits that shall be changed.');
  await needThere(world, organization);
  const before = (await world.quotas.agreed(organization)) ?? nothingAgreed;
  if (!options.reset && wanted.size === 0) return console.log(limitLines(organization, before));
  const agreed = options.reset ? nothingAgreed : changedLimits(before, wanted);
  const done = { organization, route: 'PUT /operator/limits', target: organization } as const;
  await audited(world)(done, () => world.quotas.agree(organization, agreed));
  console.log(`${limitLines(organization, agreed)}\nDoors know within five minutes.`);
};

const commands: Commands = {
  export: { words: 1, run: write },
  remove: { words: 1, run: remove },
  sweep: { words: 1, run: sweep },
  limits: { words: 1, run: limits },
};

await act({ usage, help: options.help, positionals }, commands);
