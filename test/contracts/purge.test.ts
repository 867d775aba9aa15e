// A secret that is purged is gone: before, only the value store has it; afterwards nothing has, in whichever store the world lies.

import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamoStores } from '#adapters/dynamodb/stores';
import type { Table } from '#adapters/dynamodb/table';
import { ownerOf } from '#dialects/humanitec/fleet/owner';
import { exportOrganization } from '#engine/export-organization';
import type { World } from '#engine/ports';
import { readManifest } from '#engine/read-manifest';
import { answerFetch } from '#functions/jobs/answer-fetch';
import { app, env, givenApp, looseClientFor } from '#test/dialects/humanitec/given';
import { rememberingLog } from '#test/functions/given';
import { freshTable } from '#test/support/dynamodb-table';
import { fleetLife } from '#test/support/fleet-life';
import { type SmallSystem, smallSystem } from '#test/support/small-system';

const inDynamo =
  (table: Table) =>
  (world: World): World => ({ ...world, ...dynamoStores(table) });

interface Place {
  /** Which thing it is, and all of its text. */
  readonly name: string;
  readonly text: string;
}

/** Bytes as the text that they are; what is text within text is unfolded once. */
const textIn = (value: unknown): string =>
  JSON.stringify(value, (_, it) => (it instanceof Uint8Array ? Buffer.from(it).toString() : it)).replaceAll(
    '\\"',
    '"',
  );

/** Tests may: nothing else asks for all that there is. */
const scanned = async (table: Table): Promise<Place[]> => {
  const places: Place[] = [];
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page = await table.client.send(
      new ScanCommand({ TableName: table.name, ...(from && { ExclusiveStartKey: from }) }),
    );
    for (const item of page.Items ?? []) {
      const stored = unmarshall(item);
      places.push({ name: `${stored.pk} ${stored.sk}`, text: textIn(stored) });
    }
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return places;
};

const exported = async (world: World): Promise<Place[]> => {
  const places: Place[] = [];
  for await (const { what, value } of exportOrganization(world, () => false)('acme')) {
    const line = Object(value);
    // Not a Buffer: that would turn itself into numbers.
    const bytes = 'base64' in line ? new Uint8Array(Buffer.from(line.base64, 'base64')) : line;
    places.push({ name: `${what} ${line.kind ?? ''}`, text: textIn(bytes) });
  }
  return places;
};

interface Made {
  readonly system: SmallSystem;
  readonly stored: () => Promise<Place[]>;
}

const stores: Readonly<Record<string, () => Promise<Made>>> = {
  memory: async () => {
    const system = smallSystem();
    return { system, stored: () => exported(system.world) };
  },
  dynamodb: async () => {
    const table = await freshTable();
    return { system: smallSystem(inDynamo(table)), stored: () => scanned(table) };
  },
};

const mark = 'hunter2-hunter2-hunter2';
const placeholder = `\${values.PASSWORD}`;

describe.each(Object.entries(stores))('in %s, a secret', (_name, make) => {
  it('is in the value store and on its way to whoever fetches it, and after its purge in no store at all', async () => {
    const { system, stored } = await make();
    const { world } = system;
    const { does } = await givenApp(system);
    const ask = await looseClientFor(system, 'acme');
    const life = fleetLife(system, ownerOf(world));
    const { log, lines, faults } = rememberingLog();
    const placesOf = async (what: string) =>
      (await stored()).filter(({ text }) => text.includes(what)).map(({ name }) => name);
    const sent = () => [...system.shadows.writes(), system.fanOut.waiting(), system.notices.waiting()];
    const publishedTo = () =>
      system.publisher
        .published()
        .filter(({ payload }) => Buffer.from(payload).toString().includes(mark))
        .map(({ topic }) => topic.replace(/sha256.*/, ''));

    await does(`POST ${app}/values`, { key: 'PASSWORD', value: mark, description: '', is_secret: true });
    const [{ id: version }] = await does(`GET ${env}/value-set-versions`);
    const { thing } = await does(`PUT ${env}/devices/robot-7`);
    life.things.push(thing);
    await life.connect(thing);
    const delta = await ask(`POST ${app}/deltas`, { modules: { add: { web: { password: placeholder } } } });
    const { body: deployed } = await ask(`POST ${env}/deploys`, { delta_id: delta.body.id });
    await life.run(10);
    expect(await does(`GET ${env}/deploys/${deployed.id}`)).toMatchObject({ status: 'succeeded' });

    const slot = await world.slots.load({ thing, channel: 'environment' });
    const { items } = await readManifest(world.contents, 'acme', slot?.target?.revision ?? '');
    const fetches = () => answerFetch(world)({ thing, digest: items[0]?.digest, chunk: 0 }, log);
    await fetches();
    // Of the value: its text. Everything else that is stored is looked through, too.
    expect(await placesOf(mark)).toEqual([expect.stringContaining('humanitec_value@')]);
    expect(await placesOf(placeholder)).not.toEqual([]);
    expect(publishedTo()).toEqual([`shadowcast/${thing}/content/`]);
    const [place] = await stored().then((all) => all.filter(({ text }) => text.includes(mark)));
    const salt = /"salt":"([0-9a-f]{64})"/.exec(place?.text ?? '')?.[1] ?? 'none';
    expect(salt).toMatch(/^[0-9a-f]{64}$/);

    await does(`PATCH ${app}/values/PASSWORD`, { value: 'another' });
    await does(`POST ${app}/value-set-versions/${version}/purge/PASSWORD`, {});
    await fetches();
    expect(await placesOf(mark)).toEqual([]);
    expect(await placesOf(salt)).toEqual([]);
    expect(publishedTo()).toHaveLength(1);
    const answer = Buffer.from(system.publisher.published().at(-1)?.payload ?? '').toString();
    expect(JSON.parse(answer)).toMatchObject({ digest: items[0]?.digest, code: 'purged' });
    const { set_id } = await does(`GET ${env}/deploys/${deployed.id}`);
    const again = await ask(`POST ${env}/deploys`, { set_id, value_set_version_id: version });
    expect(again.status).toBe(400);
    expect(lines.map(({ code }) => code)).toEqual(['content.served', 'content.rejected']);
    for (const said of [sent(), lines, faults, again.raw]) expect(textIn(said)).not.toContain(mark);
  });
});
