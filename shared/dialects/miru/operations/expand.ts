// Expansions: the same object with the things it refers to, read in batches however many objects there are.
import type * as z from 'zod';
import type { DeploymentView } from '#engine/find-deployment';
import type { World } from '#engine/ports';
import { findMany, type Of } from '../catalog.ts';
import type * as is from '../objects.ts';
import {
  aboutOf,
  tellConfigInstance,
  tellConfigSchema,
  tellConfigType,
  tellDeployment,
  tellDevice,
  tellRelease,
} from '../tell.ts';

type Expand = readonly string[];

const must = <Value>(map: ReadonlyMap<string, Value>, id: string): Value => {
  const value = map.get(id);
  if (value === undefined) throw new Error(`${id} is referred to and is not there.`);
  return value;
};

const textOf = async (world: World, organization: string, digest: string): Promise<string> => {
  const bytes = await world.contents.get(organization, digest);
  if (bytes === undefined) throw new Error(`Content ${digest} is referred to and is not there.`);
  return Buffer.from(bytes).toString('utf8');
};

const documentsOf = (world: World, { organization, body }: Of<'config_schema'>) =>
  Promise.all(
    body.documents.map(async ({ id, name, digest }) => ({
      id,
      name,
      data: await textOf(world, organization, digest),
    })),
  );

const typesOf = (
  world: World,
  organization: string,
  of: readonly { readonly body: { readonly typeId: string } }[],
) =>
  findMany(
    world,
    organization,
    'config_type',
    of.map(({ body }) => body.typeId),
  );

export const expandSchemas = async (
  world: World,
  organization: string,
  schemas: readonly Of<'config_schema'>[],
  expand: Expand,
): Promise<z.infer<typeof is.configSchema>[]> => {
  const types = await typesOf(world, organization, schemas);
  return Promise.all(
    schemas.map(async (schema) => {
      const type = must(types, schema.body.typeId);
      return {
        ...tellConfigSchema(schema, type),
        ...(expand.includes('documents') ? { documents: await documentsOf(world, schema) } : {}),
        ...(expand.includes('config_type') ? { config_type: tellConfigType(type) } : {}),
      };
    }),
  );
};

const schemasById = async (world: World, organization: string, ids: readonly string[]) => {
  const found = await findMany(world, organization, 'config_schema', ids);
  const told = await expandSchemas(world, organization, [...found.values()], []);
  return new Map(told.map((schema) => [schema.id, schema]));
};

export const expandInstances = async (
  world: World,
  organization: string,
  instances: readonly Of<'config_instance'>[],
  expand: Expand,
): Promise<z.infer<typeof is.configInstance>[]> => {
  const types = await typesOf(world, organization, instances);
  const schemas = expand.includes('config_schema')
    ? await schemasById(
        world,
        organization,
        instances.map(({ body }) => body.schemaId),
      )
    : undefined;
  return Promise.all(
    instances.map(async (instance) => {
      const type = must(types, instance.body.typeId);
      const { format, digest, schemaId } = instance.body;
      return {
        ...tellConfigInstance(instance, type),
        ...(expand.includes('content')
          ? { content: { format, data: await textOf(world, organization, digest) } }
          : {}),
        ...(schemas ? { config_schema: must(schemas, schemaId) } : {}),
        ...(expand.includes('config_type') ? { config_type: tellConfigType(type) } : {}),
      };
    }),
  );
};

export const expandReleases = async (
  world: World,
  organization: string,
  releases: readonly Of<'release'>[],
  expand: Expand,
): Promise<z.infer<typeof is.release>[]> => {
  if (!expand.includes('config_schemas')) return releases.map(tellRelease);
  const schemas = await schemasById(
    world,
    organization,
    releases.flatMap(({ body }) => body.schemaIds),
  );
  return releases.map((release) => ({
    ...tellRelease(release),
    config_schemas: release.body.schemaIds.map((id) => must(schemas, id)),
  }));
};

const devicesFor = async (world: World, views: readonly DeploymentView[]) => {
  const things = await world.things.loadMany([...new Set(views.map(({ record }) => record.slot.thing))]);
  return new Map(things.map((thing) => [thing.name, tellDevice(thing)]));
};

const releasesFor = async (world: World, organization: string, views: readonly DeploymentView[]) => {
  const found = await findMany(
    world,
    organization,
    'release',
    views.map((view) => aboutOf(view).releaseId),
  );
  return new Map([...found].map(([id, release]) => [id, tellRelease(release)]));
};

const instancesFor = async (world: World, organization: string, views: readonly DeploymentView[]) => {
  const ids = views.flatMap((view) => aboutOf(view).configInstanceIds);
  const found = await findMany(world, organization, 'config_instance', ids);
  const told = await expandInstances(world, organization, [...found.values()], []);
  return new Map(told.map((instance) => [instance.id, instance]));
};

export const expandDeployments = async (
  world: World,
  organization: string,
  views: readonly DeploymentView[],
  expand: Expand,
  edition: string,
): Promise<z.infer<typeof is.deployment>[]> => {
  const [devices, releases, instances] = await Promise.all([
    expand.includes('device') ? devicesFor(world, views) : undefined,
    expand.includes('release') ? releasesFor(world, organization, views) : undefined,
    expand.includes('config_instances') ? instancesFor(world, organization, views) : undefined,
  ]);
  return views.map((view) => {
    const { releaseId, configInstanceIds } = aboutOf(view);
    return {
      ...tellDeployment(view, edition),
      ...(devices ? { device: must(devices, view.record.slot.thing) } : {}),
      ...(releases ? { release: must(releases, releaseId) } : {}),
      ...(instances ? { config_instances: configInstanceIds.map((id) => must(instances, id)) } : {}),
    };
  });
};

/** The one that was asked for, of an expansion of one. */
export const only = <Item>([item]: readonly Item[]): Item => {
  if (item === undefined) throw new Error('Nothing was expanded.');
  return item;
};
