// What organizations may ask in any order, what they must be answered, and a model that is no more than lists of what was made.
import fc from 'fast-check';
import { idOfRestore } from '#engine/ids';
import { type Answers, hold, ofAnswers } from '#test/model/invariants';
import type { Told } from '#test/simulation/doors';
import { compareDeployment, compareDevice, foreignStatuses } from '#test/simulation/fleet-answers';
import { envOf } from '#test/simulation/fleets';
import { meaningOf } from '#test/simulation/meanings';
import { type Organization, organizations, type Town } from './town.ts';

type Kind = 'miru' | 'heat' | 'humanitec';

interface Made {
  readonly id: string;
  readonly of: Organization;
  readonly kind: Kind;
  /** How it was asked for: a repeat asks for the very same. */
  readonly request: string;
  readonly body: unknown;
  readonly key: string;
}

export interface Model {
  readonly made: Made[];
  readonly byKey: Map<string, Set<string>>;
  keys: number;
}

export const freshModel = (): Model => ({ made: [], byKey: new Map(), keys: 0 });

type Command = fc.AsyncCommand<Model, Town>;

const command = (name: string, run: (model: Model, town: Town) => Promise<void>): Command => ({
  check: () => true,
  run,
  toString: () => name,
});

const judge = (model: Model, over: Partial<Answers>, where: string): void =>
  hold(
    ofAnswers,
    { told: [], alike: [], foreign: [], counts: [], seen: [], made: model.byKey, ...over },
    () => where,
  );

const demand = (isTrue: boolean, sentence: string): void => {
  if (!isTrue) throw new Error(sentence);
};

const idIn = ({ body }: Told): string => body.id ?? body.software_deployment?.id;

const note = (model: Model, made: Made, told: Told): void => {
  const id = idIn(told);
  const key = `${made.of} ${made.kind} ${made.key}`;
  model.byKey.set(key, (model.byKey.get(key) ?? new Set()).add(id));
  if (!model.made.some((one) => one.id === id)) model.made.push({ ...made, id });
  judge(model, {}, key);
};

const organization = fc.constantFrom(...organizations);
const which = fc.nat(7);

const pathOf: Readonly<Record<Kind, (of: string, id: string) => string>> = {
  miru: (_, id) => `/beta/deployments/${id}`,
  heat: (of, id) => `/v1/${of}/software_deployments/${id}`,
  humanitec: (of, id) => `/orgs/${of}/apps/shop/envs/development/deploys/${id}`,
};

// ---- asking for something

const asked = (
  town: Town,
  of: Organization,
  kind: Kind,
  at: number,
  staged: boolean,
  key: string,
): Omit<Made, 'id'> => {
  const shop = town.shopOf(of);
  const devices = town.devicesOf(of);
  const bodies: Readonly<Record<Kind, readonly [string, unknown]>> = {
    miru: [
      'POST /beta/deployments',
      {
        target_status: staged ? 'staged' : 'deployed',
        description: `wish ${key}`,
        release_id: shop.releases[staged ? 1 : 0],
        device_id: `dvc_${devices[at % devices.length]}`,
        config_instance_ids: [shop.instances[at % shop.instances.length]],
      },
    ],
    heat: [
      `POST /v1/${of}/software_deployments`,
      { config_id: shop.config, server_id: 'srv1', action: 'CREATE', status: 'IN_PROGRESS' },
    ],
    humanitec: [`POST /orgs/${of}/apps/shop/envs/development/deploys`, { comment: `wish ${key}` }],
  };
  const [request, body] = bodies[kind];
  return { of, kind, request, body, key };
};

const creates = fc
  .record({
    of: organization,
    kind: fc.constantFrom<Kind>('miru', 'miru', 'heat', 'humanitec'),
    at: which,
    staged: fc.boolean(),
  })
  .map(({ of, kind, at, staged }) =>
    command(`${of} asks ${kind} for a ${staged ? 'staged ' : ''}deployment (${at})`, async (model, town) => {
      model.keys += 1;
      const wish = asked(town, of, kind, at, staged, `key-${model.keys}`);
      const told = await town.ask({ organization: of, dialect: kind, ...wish });
      demand(
        told.status < 300 || told.status === 409,
        `${wish.request}: ${told.status} ${JSON.stringify(told.body)}`,
      );
      if (told.status < 300) note(model, { ...wish, id: '' }, told);
    }),
  );

const one = (model: Model, at: number): Made | undefined => model.made[at % Math.max(1, model.made.length)];

const repeats = which.map((at) =>
  command(`the wish ${at} is repeated`, async (model, town) => {
    const made = one(model, at);
    if (made === undefined) return;
    const told = await town.ask({ organization: made.of, dialect: made.kind, ...made });
    demand(told.status < 300, `a repeat is answered: ${told.status} ${JSON.stringify(told.body)}`);
    note(model, made, told);
  }),
);

const repeatsOtherwise = which.map((at) =>
  command(`another wish comes with the key of ${at}`, async (model, town) => {
    const made = one(model, at);
    if (made === undefined || made.kind === 'heat') return;
    const body = {
      ...(made.body as object),
      [made.kind === 'miru' ? 'description' : 'comment']: 'something else',
    };
    const told = await town.ask({
      organization: made.of,
      dialect: made.kind,
      request: made.request,
      body,
      key: made.key,
    });
    demand(told.status >= 400, `a key is good for one request: ${told.status}`);
  }),
);

const moves = fc.record({ at: which, name: fc.constantFrom('archive', 'deploy') }).map(({ at, name }) =>
  command(`wish ${at}: ${name}`, async (model, town) => {
    const made = one(model, at);
    if (made?.kind !== 'miru') return;
    const request = `POST /beta/deployments/${made.id}/${name}`;
    const told = await town.ask({ organization: made.of, dialect: 'miru', request });
    demand(told.status === 200 || told.status === 409, `${request}: ${told.status}`);
  }),
);

// ---- environments of devices

const labels = ['robot-1', 'robot-2'] as const;

const members = fc
  .record({
    of: organization,
    label: fc.constantFrom(...labels),
    method: fc.constantFrom('PUT', 'PUT', 'DELETE'),
  })
  .map(({ of, label, method }) =>
    command(`${of} ${method === 'PUT' ? 'brings in' : 'takes out'} ${label}`, async (_, town) => {
      const request = `${method} ${envOf(of)}/devices/${label}`;
      const told = await town.ask({ organization: of, dialect: 'humanitec', request });
      demand(told.status < 300 || told.status === 404, `${request}: ${told.status}`);
    }),
  );

const rollouts = fc
  .record({ at: which, verb: fc.constantFrom('pause', 'resume', 'cancel') })
  .map(({ at, verb }) =>
    command(`wish ${at}: ${verb}`, async (model, town) => {
      const made = one(model, at);
      if (made?.kind !== 'humanitec') return;
      const request = `POST ${pathOf.humanitec(made.of, made.id)}/${verb}`;
      const told = await town.ask({ organization: made.of, dialect: 'humanitec', request });
      demand(told.status === 200 || told.status === 409, `${request}: ${told.status}`);
    }),
  );

const comparesFleet = async (model: Model, town: Town, { of, id }: Made): Promise<void> => {
  const deployment = await compareDeployment(town.told, of, id);
  const devices = await Promise.all(
    town.devicesOf(of).map((thing, at) => compareDevice(town.told, of, { thing, label: labels[at] ?? '' })),
  );
  const foreign = await foreignStatuses(town.told, of, id);
  const over = { alike: [...deployment, ...devices.flat()], foreign };
  judge(model, over, JSON.stringify(over));
};

// ---- devices, and time

const reports = fc
  .record({
    of: organization,
    at: which,
    state: fc.constantFrom('applied' as const, 'applied' as const, 'failed' as const),
  })
  .map(({ of, at, state }) =>
    command(`device ${at} of ${of}: ${state}`, async (_, town) => {
      const devices = town.devicesOf(of);
      await town.reports(devices[at % devices.length] ?? '', state);
    }),
  );

const finishes = fc
  .record({ of: organization, code: fc.constantFrom(0, 0, 1) })
  .map(({ of, code }) =>
    command(`the server of ${of} ends with ${code}`, async (_, town) => town.finishes(of, code)),
  );

const time = fc
  .constantFrom(1, 1000, 60_000)
  .map((ms) => command(`${ms} ms pass`, async (_, town) => void (await town.pass(ms))));

// ---- reading

const reads = which.map((at) =>
  command(`wish ${at} is read by its owner and by a stranger`, async (model, town) => {
    const made = one(model, at);
    if (made === undefined) return;
    const { of, kind, id } = made;
    const told = await town.ask({ organization: of, dialect: kind, request: `GET ${pathOf[kind](of, id)}` });
    demand(told.status === 200, `what was made is found: ${told.status} ${JSON.stringify(told.body)}`);
    const phases = {
      miru: async () => town.phaseOf(id),
      heat: () => town.phaseOfRun(of, id),
      humanitec: async () => undefined,
    };
    const phase = await phases[kind]();
    judge(model, { told: phase === undefined ? [] : [{ as: meaningOf(told), phase }] }, `${kind} ${id}`);
    if (kind === 'humanitec') await comparesFleet(model, town, made);
    const stranger = organizations.find((name) => name !== of) ?? of;
    for (const place of organizations) {
      const request = `GET ${pathOf[kind](place, id)}`;
      const answered = await town.ask({ organization: stranger, dialect: kind, request });
      const seen = answered.status < 300 ? [{ of, by: stranger }] : [];
      judge(model, { seen }, request);
    }
  }),
);

const isTheirs = (model: Model, of: Organization, id: string): boolean => {
  const ids = model.made.filter((made) => made.of === of && made.kind === 'miru').map((made) => made.id);
  return ids.includes(id) || ids.some((one) => idOfRestore(one) === id);
};

const lists = organization.map((of) =>
  command(`${of} counts`, async (model, town) => {
    const ids: string[] = [];
    let total = 0;
    for (let isMore = true; isMore; ) {
      const request = `GET /beta/deployments?expand=total_count&limit=3&offset=${ids.length}`;
      const { body } = await town.ask({ organization: of, dialect: 'miru', request });
      ids.push(...body.data.map(({ id }: { id: string }) => id));
      total = body.total_count;
      isMore = body.data.length > 0;
    }
    const theirs = model.made.filter((made) => made.of === of && made.kind === 'miru');
    demand(
      theirs.every(({ id }) => ids.includes(id)),
      'a list has all that was made',
    );
    const seen = ids.map((id) => ({ of: isTheirs(model, of, id) ? of : 'somebody else', by: of }));
    judge(model, { counts: [{ told: total, recounted: new Set(ids).size }], seen }, `the list of ${of}`);
  }),
);

export const commands = (maxCommands: number): fc.Arbitrary<Iterable<Command>> =>
  fc.commands(
    [
      creates,
      creates,
      creates,
      repeats,
      repeatsOtherwise,
      moves,
      members,
      members,
      rollouts,
      reports,
      reports,
      finishes,
      time,
      reads,
      reads,
      lists,
    ],
    {
      maxCommands,
      size: 'max',
    },
  );
