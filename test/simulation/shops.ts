// What each organization has before anything happens: releases, config instances, and a software config.
import { speedSchema } from '#test/dialects/miru/given';
import type { Doors, Wish } from './doors.ts';
import type { Shop } from './people.ts';

const openShop = async (doors: Doors, organization: string): Promise<Shop> => {
  const made = async (dialect: Wish['dialect'], request: string, body: unknown) => {
    const told = await doors.ask({ organization, dialect, request, body });
    if (told.status >= 300) throw new Error(`${request}: ${told.status} ${JSON.stringify(told.body)}`);
    return told.body;
  };
  const type = await made('miru', 'POST /beta/config_types', { name: 'Motion', slug: 'motion' });
  const schema = await made('miru', 'POST /beta/config_schemas', {
    config_type_ref: { id: type.id },
    language: 'jsonschema',
    format: 'json',
    documents: [{ name: 'motion.json', data: speedSchema }],
    instance_filepath: '/srv/motion.json',
  });
  const releases: string[] = [];
  for (const version of ['v1.0.0', 'v2.0.0'])
    releases.push(
      (await made('miru', 'POST /beta/releases', { version, config_schema_ids: [schema.id] })).id,
    );
  const instances: string[] = [];
  for (let speed = 1; speed <= 5; speed += 1)
    instances.push(
      (
        await made('miru', 'POST /beta/config_instances', {
          config_schema_id: schema.id,
          content: { format: 'json', data: `{ "speed": ${speed}.0 }` },
        })
      ).id,
    );
  const config = await made('heat', `POST /v1/${organization}/software_configs`, {
    name: 'cfg',
    group: 'script',
    config: '#!/bin/sh\necho hello\n',
  });
  return { releases, instances, config: config.software_config.id };
};

export const openShops = async (doors: Doors, organizations: readonly string[]) => {
  const shops = new Map<string, Shop>();
  for (const organization of organizations) shops.set(organization, await openShop(doors, organization));
  return (organization: string): Shop => {
    const shop = shops.get(organization);
    if (shop === undefined) throw new Error(`${organization} has no shop.`);
    return shop;
  };
};
