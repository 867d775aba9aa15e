// The key of an item that an index answered.
import * as z from 'zod';
import { reading } from './item.ts';
import type { ItemKey } from './keys.ts';

const storedKey = z.object({ pk: z.string(), sk: z.string() });

export const keyOf = reading('key', storedKey, (key): ItemKey => key);
