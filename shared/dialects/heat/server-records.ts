// What is kept of a server itself: the secret of its metadata URL, and when something was last taken from it.
import { isRefusal } from '#domain/refusal';
import { newSecret } from '#engine/ids';
import type { World } from '#engine/ports';
import { change, create, find, type Of } from './catalog.ts';
import { serverHash } from './pointers.ts';

type Needs = Pick<World, 'catalog' | 'clock' | 'chance'>;

export const findServer = (
  world: Pick<World, 'catalog'>,
  tenant: string,
  serverId: string,
): Promise<Of<'server'> | undefined> => find(world, tenant, 'server', serverHash(serverId));

/** Made when it is first needed. */
const haveServer = async (world: Needs, tenant: string, serverId: string): Promise<Of<'server'>> => {
  const there = await findServer(world, tenant, serverId);
  if (there !== undefined) return there;
  const made = await create(world)({
    organization: tenant,
    kind: 'server',
    ids: [serverHash(serverId)],
    body: { serverId, secret: newSecret(world.chance), changedAt: 0 },
    createdAt: world.clock.now(),
    request: null,
  });
  if (isRefusal(made)) throw new Error(`The server ${serverId} was made twice, and differently.`);
  return made;
};

export const secretOfServer = async (world: Needs, tenant: string, serverId: string): Promise<string> =>
  (await haveServer(world, tenant, serverId)).body.secret;

const changeServer = async (
  world: Needs,
  tenant: string,
  serverId: string,
  changes: Partial<Of<'server'>['body']>,
): Promise<void> => {
  const { id } = await haveServer(world, tenant, serverId);
  await change(world)('server', tenant, id, ({ body }) => ({ ...body, ...changes }));
};

/** Every metadata URL that was told before stops working. */
export const renewSecret = async (world: Needs, tenant: string, serverId: string): Promise<string> => {
  const secret = newSecret(world.chance);
  await changeServer(world, tenant, serverId, { secret });
  return secret;
};

/** What is taken away leaves nothing that could say when: this does. */
export const noteRemoval = (world: Needs, tenant: string, serverId: string): Promise<void> =>
  changeServer(world, tenant, serverId, { changedAt: world.clock.now() });
