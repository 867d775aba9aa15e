// A config's document: what was sent, with its inputs and outputs as they are stored.

import type { World } from '#engine/ports';
import type { Input, Output } from './io.ts';
import type { Kept } from './kept.ts';
import { unkeep } from './kept.ts';

export interface ConfigDocument {
  readonly name: unknown;
  readonly group: unknown;
  readonly config: unknown;
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
  readonly options: unknown;
}

/** Nobody but this dialect writes these. */
export const documentOf = async (
  world: Pick<World, 'contents'>,
  organization: string,
  document: Kept,
): Promise<ConfigDocument> => (await unkeep(world, organization, document)) as ConfigDocument;
