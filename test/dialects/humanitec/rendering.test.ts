// What a deployment brings to devices: modules as files, with the values of its version in them, and secrets only for whoever fetches.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryCatalog } from '#adapters/memory/catalog';
import { memoryContents } from '#adapters/memory/contents';
import { ownerOf } from '#dialects/humanitec/fleet/owner';
import { usesIn } from '#dialects/humanitec/fleet/placeholders';
import { renderDocument } from '#dialects/humanitec/fleet/render-document';
import type { Json } from '#dialects/humanitec/json';
import { readManifest } from '#engine/read-manifest';
import { canonicalJson } from '#engine/seal';
import { isRef, renderTemplate, sealSecretContent } from '#engine/secret-content';
import { serveContent } from '#engine/serve-content';
import { anyCharacter } from '#test/support/any-character';
import { fleetLife } from '#test/support/fleet-life';
import { app, env, givenApp, looseClientFor, moduleOf } from './given.ts';

const value = (key: string): string => `\${values.${key}}`;
const escaped = (key: string): string => `$\\{values.${key}}`;

describe('a string', () => {
  const values: Readonly<Record<string, string>> = {
    A: 'one',
    EMPTY: '',
    QUOTES: '"\\\n\u0000',
    OTHER: `${value('A')} ${escaped('A')}`,
    'a.b-c_d': 'odd',
  };

  it.each([
    ['without placeholders stays', 'plain {values.A} $values.A', 'plain {values.A} $values.A'],
    ['that is a placeholder becomes its value', value('A'), 'one'],
    ['has each of its placeholders replaced', `<${value('A')}|${value('A')}>`, '<one|one>'],
    ['takes an empty value', `<${value('EMPTY')}>`, '<>'],
    ['takes whatever is in a value', `<${value('QUOTES')}>`, '<"\\\n\u0000>'],
    ['takes a key with dots and dashes', value('a.b-c_d'), 'odd'],
    ['does not look for placeholders in a value', value('OTHER'), `${value('A')} ${escaped('A')}`],
    [
      'keeps a placeholder that is escaped, without its backslash',
      `a ${escaped('A')} b`,
      `a ${value('A')} b`,
    ],
    ['keeps an escape of a key that nobody has', escaped('NOBODY'), value('NOBODY')],
    ['has only one backslash taken', `$\\\\{values.A}`, `$\\\\{values.A}`],
    ['may have a dollar before one', `$${value('A')}`, '$one'],
    [
      'keeps what others expand',
      '\u0024{shared.x} \u0024{modules.y.z} \u0024{resources.r#a.b}',
      '\u0024{shared.x} \u0024{modules.y.z} \u0024{resources.r#a.b}',
    ],
    ['keeps their escapes as they are', '$\\{shared.x}', '$\\{shared.x}'],
    ['keeps what is not closed', `${value('A')} \u0024{values.A`, 'one \u0024{values.A'],
    [
      'keeps other words before the dot',
      '\u0024{value.A} \u0024{Values.A}',
      '\u0024{value.A} \u0024{Values.A}',
    ],
  ])('%s', (_name, text, expected) => {
    const parts = renderDocument({ text }, (key) => values[key] ?? expect.unreachable(key));
    expect(JSON.parse(parts.join(''))).toEqual({ text: expected });
  });

  it.each([
    ['one key', value('A'), ['A']],
    ['a key that is none', '\u0024{values.}', ['']],
    ['one in another: it is one key that nobody has', '\u0024{values.\u0024{values.A}}', ['\u0024{values.A']],
    ['none that is escaped', escaped('A'), []],
  ])('asks for %s', (_name, text, keys) => {
    expect(usesIn('web', { text }).map(({ key }) => key)).toEqual(keys);
  });

  it('is found where it stands, also below keys with slashes and tildes, and never in a key', () => {
    const document = { 'a/b': [{ '~': value('A') }], [value('B')]: 1 };
    expect(usesIn('web', document)).toEqual([{ module: 'web', pointer: '/a~1b/0/~0', key: 'A' }]);
    expect(renderDocument(document, () => 'x').join('')).toContain(`${JSON.stringify(value('B'))}:1`);
  });

  it('that opens a hundred thousand placeholders and closes none is read once', () => {
    const text = '\u0024{values.'.repeat(100_000);
    expect(usesIn('web', text)).toEqual([]);
    expect(JSON.parse(renderDocument(text, () => 'x').join(''))).toBe(text);
  });
});

describe('whatever the module and the values', () => {
  interface Twin {
    readonly source: Json;
    readonly expected: Json;
  }
  const text = fc.string({ unit: anyCharacter, maxLength: 8 }).map((any) => any.replaceAll('$', ''));
  const key = fc.constantFrom('PLAIN', 'SECRET', 'OTHER_SECRET');
  const awkward = fc.constantFrom(
    '"',
    '\\',
    '\n',
    '\u2028',
    '{',
    '}',
    value('PLAIN'),
    escaped('SECRET'),
    '$',
  );

  const twinOf = (values: Readonly<Record<string, string>>): fc.Arbitrary<Twin> => {
    const piece = fc.oneof(
      text.map((same) => ({ source: same, expected: same })),
      key.map((name) => ({ source: value(name), expected: values[name] ?? '' })),
      key.map((name) => ({ source: escaped(name), expected: value(name) })),
      fc.constant({ source: '\u0024{shared.x}', expected: '\u0024{shared.x}' }),
    );
    const string = fc.array(piece, { maxLength: 5 }).map((pieces) => ({
      source: pieces.map(({ source }) => source).join(''),
      expected: pieces.map(({ expected }) => expected).join(''),
    }));
    const leaf = fc
      .oneof(fc.boolean(), fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true }))
      .map((same): Twin => ({ source: same, expected: same }));
    return fc.letrec<{ tree: Twin }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        string,
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }).map((twins) => ({
          source: twins.map(({ source }) => source),
          expected: twins.map(({ expected }) => expected),
        })),
        fc.array(fc.tuple(fc.string(), tie('tree')), { maxLength: 4 }).map((pairs) => ({
          source: Object.fromEntries(pairs.map(([name, { source }]) => [name, source])),
          expected: Object.fromEntries(pairs.map(([name, { expected }]) => [name, expected])),
        })),
      ),
    })).tree;
  };

  const secretKeys: readonly string[] = ['SECRET', 'OTHER_SECRET'];

  /** Sealed and rendered as it would be for a device. */
  const rendered = async (document: Json, values: Readonly<Record<string, string>>): Promise<string> => {
    const world = { contents: memoryContents(), catalog: memoryCatalog() };
    const secretOf = ({ id }: { readonly id: string }) => ({ text: values[id] ?? '', salt: id });
    for (const id of secretKeys) {
      const times = { createdAt: 0, updatedAt: 0, version: 1 };
      const body = { ...secretOf({ id }) };
      await world.catalog.save({ kind: 'secrets', id, organization: 'acme', ...times, body, unique: {} });
    }
    const parts = renderDocument(document, (name) =>
      secretKeys.includes(name) ? { kind: 'secrets', id: name } : (values[name] ?? ''),
    );
    if (!parts.some(isRef)) return parts.join('');
    const sealed = await sealSecretContent(world.contents, 'acme', parts, secretOf);
    const bytes = await renderTemplate(world)('acme', sealed?.template ?? '');
    return Buffer.from(bytes?.subarray(sealed?.salt) ?? '').toString();
  };

  it('what is rendered is the module’s canonical JSON, with its strings replaced', async () => {
    const values = fc.record({
      PLAIN: fc.array(fc.oneof(text, awkward), { maxLength: 4 }).map((all) => all.join('')),
      SECRET: fc.array(fc.oneof(text, awkward), { maxLength: 4 }).map((all) => all.join('')),
      OTHER_SECRET: text,
    });
    const story = values.chain((its) => fc.record({ values: fc.constant(its), twin: twinOf(its) }));
    await fc.assert(
      fc.asyncProperty(story, async ({ values: its, twin }) => {
        expect(await rendered(twin.source, its)).toBe(canonicalJson(twin.expected));
      }),
      { numRuns: 300 },
    );
  });
});

// ---- as an integrator sees it

const givenFleet = async () => {
  const given = await givenApp();
  const { does, system } = given;
  const life = fleetLife(system, ownerOf(system.world));
  // Modules are told again as they were sent, and these are not as the published document has them.
  const ask = await looseClientFor(system, 'acme');
  const join = async (name: string): Promise<string> => {
    const { thing } = await does(`PUT ${env}/devices/${name}`);
    life.things.push(thing);
    await life.connect(thing);
    return thing;
  };
  const keep = (key: string, text: string, more: object = {}, at: string = app) =>
    does(`POST ${at}/values`, { key, value: text, description: '', is_secret: false, ...more });
  const secret = (key: string, text: string) => keep(key, text, { is_secret: true });
  const latest = async (): Promise<string> => (await does(`GET ${env}/value-set-versions`))[0].id;
  const started = async (add: object, body: object = {}, query = '') => {
    const made = await ask(`POST ${app}/deltas`, { modules: { add } });
    return ask(`POST ${env}/deploys${query}`, { delta_id: made.body.id, ...body });
  };
  const deployed = async (modules: object, body: object = {}): Promise<string> => {
    const { status, body: made, raw } = await started(modules, body);
    expect(status, String(raw)).toBe(201);
    await life.run(10);
    return made.id;
  };
  const thing = await join('robot-7');
  return { ...given, ...life, ask, join, keep, secret, latest, started, deployed, thing };
};

type Fleet = Awaited<ReturnType<typeof givenFleet>>;

const itemsOn = async ({ system: { world } }: Fleet, thing: string) => {
  const slot = await world.slots.load({ thing, channel: 'environment' });
  return (await readManifest(world.contents, 'acme', slot?.target?.revision ?? '')).items;
};

/** What it would have on its disk, fetched file by file. */
const filesOn = async (fleet: Fleet, thing = fleet.thing): Promise<Record<string, string>> => {
  const { world, publisher } = fleet.system;
  const files: Record<string, string> = {};
  for (const { path, digest, salt = 0 } of await itemsOn(fleet, thing)) {
    expect(await serveContent(world)(thing, { digest, chunk: 0 }), path).toBe('served');
    const payload = publisher.published().at(-1)?.payload ?? new Uint8Array();
    files[path] = Buffer.from(payload.subarray(salt)).toString();
  }
  return files;
};

const greeting = (text: string) => ({ ...moduleOf('nginx:1'), greeting: text });
const greetingIn = (files: Record<string, string>): unknown =>
  JSON.parse(files['modules/web.json'] ?? '{}').greeting;

describe('a set', () => {
  it('is brought as one file for each module, canonical and without an end of line', async () => {
    const fleet = await givenFleet();
    await fleet.deployed({ 'we/b ü': { z: [1, 'x'], a: {} }, api: {} });
    expect(await filesOn(fleet)).toEqual({
      'modules/api.json': '{}',
      'modules/we%2Fb%20%C3%BC.json': '{"a":{},"z":[1,"x"]}',
    });
  });

  it('brings what is shared in a file of its own, and workloads in a folder of theirs', async () => {
    const fleet = await givenFleet();
    await fleet.keep('HOST', 'db.example');
    const deltaId = (
      await fleet.ask(`POST ${app}/deltas`, {
        modules: { add: { web: {} } },
        shared: [{ op: 'add', path: '/db', value: { host: value('HOST') } }],
        workloads: { add: { web: { host: value('HOST') } } },
      })
    ).body.id;
    expect((await fleet.ask(`POST ${env}/deploys`, { delta_id: deltaId })).status).toBe(201);
    await fleet.run(10);
    expect(await filesOn(fleet)).toEqual({
      'modules/web.json': '{}',
      'shared.json': '{"db":{"host":"db.example"}}',
      'workloads/web.json': '{"host":"db.example"}',
    });
  });

  it('has the values of the version that it is deployed with, the environment’s own before the application’s', async () => {
    const fleet = await givenFleet();
    await fleet.keep('NAME', 'everybody');
    await fleet.keep('OTHER', 'of the application');
    const before = await fleet.latest();
    await fleet.keep('NAME', 'us', {}, env);
    await fleet.deployed({ web: greeting(`${value('NAME')} ${value('OTHER')}`) });
    expect(greetingIn(await filesOn(fleet))).toBe('us of the application');
    await fleet.deployed({}, { value_set_version_id: before });
    expect(greetingIn(await filesOn(fleet))).toBe('everybody of the application');
  });

  it('is the same revision when nothing of it has changed, also where there are secrets in it', async () => {
    const fleet = await givenFleet();
    await fleet.secret('PASSWORD', 'swordfish');
    await fleet.deployed({ web: greeting(value('PASSWORD')) });
    const { manifest } = await fleet.does(`GET ${env}/devices/robot-7`);
    await fleet.deployed({});
    expect(await fleet.does(`GET ${env}/devices/robot-7`)).toMatchObject({ manifest });
  });
});

describe('a set that cannot be rendered', () => {
  const elsewhere = { value: null, is_secret: true, secret_ref: { store: 'vault', ref: 'db/password' } };

  it.each<[string, (fleet: Fleet) => Promise<unknown>, string]>([
    ['that nobody has', async () => undefined, 'is not there'],
    [
      'that another environment has',
      ({ does, keep }) =>
        does('POST /orgs/acme/apps/shop/envs', { id: 'staging', name: 'Staging', type: 'development' }).then(
          () => keep('KEY', 'x', {}, `${app}/envs/staging`),
        ),
      'is not there',
    ],
    [
      'that another store keeps',
      ({ keep }) => keep('KEY', '', elsewhere),
      'is kept in another secret store, which cannot be read from here',
    ],
  ])('for a value %s is refused, with module, place and key', async (_name, prepare, reason) => {
    const fleet = await givenFleet();
    await prepare(fleet);
    const web = { deep: { list: ['', `a ${value('KEY')}`] } };
    const details = { module: 'web', pointer: '/deep/list/1', key: 'KEY', reason };
    for (const query of ['', '?dry_run=true']) {
      const refused = await fleet.started({ web }, {}, query);
      expect([refused.status, refused.body.error, refused.body.details], query).toEqual([
        400,
        'DEP-400',
        expect.objectContaining(details),
      ]);
    }
    expect(await fleet.does(`GET ${env}/deploys`)).toEqual([]);
  });

  it('with a version whose value has been purged is refused', async () => {
    const fleet = await givenFleet();
    await fleet.keep('KEY', 'old');
    const old = await fleet.latest();
    await fleet.does(`PATCH ${app}/values/KEY`, { value: 'new' });
    await fleet.does(`POST ${app}/value-set-versions/${old}/purge/KEY`, {});
    const refused = await fleet.started({ web: greeting(value('KEY')) }, { value_set_version_id: old });
    expect(refused.status).toBe(400);
    await fleet.deployed({ web: greeting(value('KEY')) });
    expect(greetingIn(await filesOn(fleet))).toBe('new');
  });

  it('is deployed all the same where there are no devices', async () => {
    const { does, delta } = await givenApp();
    const deltaId = await delta({ add: { web: moduleOf(value('KEY')) } });
    const { id } = await does(`POST ${env}/deploys`, { delta_id: deltaId });
    expect(await does(`GET ${env}/deploys/${id}`)).toMatchObject({ status: 'succeeded' });
  });

  it('for a module whose name no file can have is refused', async () => {
    const fleet = await givenFleet();
    const name = 'ü'.repeat(50);
    const refused = await fleet.started({ [name]: {} });
    expect(refused).toMatchObject({ status: 400, body: { details: { module: name, limit: 255 } } });
  });

  it.each([
    ['a long value', { text: 'x'.repeat(64 * 1024), isSecret: false }, 65],
    ['a short secret, very often', { text: '', isSecret: true }, 70_000],
  ])(
    'that would have too much put into it is refused, before it is: %s',
    async (_name, { text, isSecret }, times) => {
      const fleet = await givenFleet();
      await fleet.keep('LONG', text, { is_secret: isSecret });
      const refused = await fleet.started({ web: { text: value('LONG').repeat(times) } });
      expect(refused).toMatchObject({ status: 400, body: { details: { limit: 4 * 1024 * 1024 } } });
    },
  );
});

describe('a secret', () => {
  const mark = 'hunter2-"\n-hunter2';
  const inJson = JSON.stringify(mark).slice(1, -1);

  it('is in the file that the device fetches, and neither in its shadow nor in the manifest nor at rest', async () => {
    const fleet = await givenFleet();
    await fleet.secret('PASSWORD', mark);
    await fleet.deployed({ web: greeting(`pw: ${value('PASSWORD')}`), api: greeting('none') });
    const [api, web] = await itemsOn(fleet, fleet.thing);
    expect([api?.salt, api?.template]).toEqual([undefined, undefined]);
    expect([web?.salt, web?.template]).toEqual([32, expect.stringMatching(/^sha256:/)]);
    const { items } = fleet.system.targetOf(fleet.thing, 'environment');
    expect(items?.map(({ data, salt }) => [data === undefined, salt])).toEqual([
      [false, undefined],
      [true, 32],
    ]);
    expect(await fleet.system.world.contents.get('acme', web?.digest ?? '')).toBe(undefined);
    expect(greetingIn(await filesOn(fleet))).toBe(`pw: ${mark}`);
  });

  it('with the same text twice is salted otherwise each time: equal digests would tell that they are equal', async () => {
    const fleet = await givenFleet();
    await fleet.secret('ONE', mark);
    await fleet.secret('TWO', mark);
    await fleet.deployed({ web: greeting(value('ONE')) });
    const [one] = await itemsOn(fleet, fleet.thing);
    await fleet.deployed({ web: greeting(value('TWO')) });
    const [two] = await itemsOn(fleet, fleet.thing);
    expect(one?.digest).not.toBe(two?.digest);
    expect(one?.size).toBe(two?.size);
  });

  it('is written by nobody but its own store and the answer to a fetch', async () => {
    const fleet = await givenFleet();
    const said: string[] = [];
    fleet.system.setFault(({ port, method, args }, moment) => {
      const text = JSON.stringify(args, (_, it) =>
        it?.type === 'Buffer' || it instanceof Uint8Array ? Buffer.from(it.data ?? it).toString() : it,
      );
      const found = [mark, inJson].some(
        (one) => text.includes(one) || text.includes(JSON.stringify(one).slice(1, -1)),
      );
      if (moment === 'before' && found)
        said.push(`${port}.${method} ${String(Object(args[0]).kind ?? args[0])}`);
    });
    await fleet.secret('PASSWORD', mark);
    await fleet.deployed({ web: greeting(value('PASSWORD')) });
    await filesOn(fleet);
    await fleet.join('robot-8');
    await fleet.run(10);
    expect(new Set(said.map((line) => line.replace(/@.*/, '').replace(/\/sha256.*/, '')))).toEqual(
      new Set(['catalog.save humanitec_value', `publisher.publish shadowcast/${fleet.thing}/content`]),
    );
  });
});
