// Where resources are: what the ARNs of all of them begin with.
import type { World } from '../../template/world.ts';

export type Place = Pick<World, 'partition' | 'region' | 'accountId'>;
