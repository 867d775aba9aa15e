// `npm run organizations -- export|remove|limits`: an organization as a whole, in an AWS account or on the local cloud.
import { once } from 'node:events';
import { isSecret } from '#dialects/secrets';
import { exportOrganization } from '#engine/export-organization';
import type { Transitions, World } from '#engine/ports';
import { removeOrganization } from '#engine/remove-organization';
import { retentionOf } from '#operations/retention';
import { sweepOrganization } from '../jobs/sweep-organization.ts';
import { liveStore, worldOf } from '../wiring/live.ts';
import { liveCertificates } from '../wiring/live-certificates.ts';
import { audited } from './audited.ts';
import { act, readArguments } from './command.ts';
import { surroundings, UsageError } from './surroundings.ts';

const usage = `Usage:
  npm run --silent organizations -- export ORGANIZATION > file.ndjson
  npm run organizations -- remove ORGANIZATION --yes
  npm run organizations -- sweep  [ORGANIZATION]
  npm run organizations -- limits ORGANIZATION [--key-reads N] [--key-writes N] [--reads N] [--writes N]

Without --stage the local cloud is meant, which must be running (npm start).
With --stage prod it is the AWS account of your credentials: table shadowcast-prod.
Sweep takes away history that is over for long, and content that nothing names any more; without an organization that of all of them.
Limits are requests per second, of each key and of the organization; without any they are everybody's again.`;

const rate = { type: 'string' } as const;

const { values: options, positionals } = readArguments(usage, {
  yes: { type: 'boolean', default: false },
  stage: { type: 'string' },
  'key-reads': rate,
  'key-writes': rate,
  reads: rate,
  writes: rate,
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

const needOrganization = (): string => {
  const organization = positionals[1];
  if (organization === undefined || !/^[a-z0-9](?:-?[a-z0-9]+)+$/.test(organization))
    throw new UsageError('Which organization? Lower-case letters and digits, single hyphens between them.');
  return organization;
};

const perSecond = (name: 'key-reads' | 'key-writes' | 'reads' | 'writes'): number | undefined => {
  const text = options[name];
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`--${name} is a whole number of requests per second.`);
  return Number(text);
};

const allowance = (read: number | undefined, write: number | undefined) => ({
  ...(read === undefined ? {} : { read }),
  ...(write === undefined ? {} : { write }),
});

const commands: Readonly<Record<string, () => Promise<void>>> = {
  export: async () => {
    for await (const line of exportOrganization(liveWorld(), isSecret)(needOrganization()))
      if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain');
  },
  remove: async () => {
    const organization = needOrganization();
    if (!options.yes) throw new UsageError(`This cannot be undone: add --yes to remove ${organization}.`);
    console.log(
      'Its keys are revoked; what it has is removed when no door trusts them any more, in a minute.',
    );
    const counts = new Map<string, number>();
    for await (const { what, count } of removeOrganization(liveWorld())(organization))
      counts.set(what, (counts.get(what) ?? 0) + count);
    console.log([...counts].map(([what, count]) => `${what}: ${count}`).join('\n'));
  },
  sweep: async () => {
    const world = liveWorld();
    const retention = retentionOf(surroundings(options.stage).tableName);
    const whose = positionals[1] === undefined ? world.estate.organizations() : [needOrganization()];
    for await (const organization of whose) {
      const { stored, removed, removedBytes } = await sweepOrganization(world, retention)(organization);
      console.log(`${organization}: ${removed} of ${stored} contents removed, ${removedBytes} bytes`);
    }
  },
  limits: async () => {
    const organization = needOrganization();
    const agreed = {
      key: allowance(perSecond('key-reads'), perSecond('key-writes')),
      organization: allowance(perSecond('reads'), perSecond('writes')),
    };
    const world = liveWorld();
    const done = { organization, route: 'PUT /operator/limits', target: organization } as const;
    await audited(world)(done, () => world.quotas.agree(organization, agreed));
    console.log(`Limits of ${organization}: ${JSON.stringify(agreed)}; doors know within five minutes.`);
  },
};

await act(usage, options.help ? undefined : commands[positionals[0] ?? '']);
