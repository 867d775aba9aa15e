// Everything that is stored, in one table.
import type { World } from '#engine/ports';
import { dynamoKeys } from './api-keys.ts';
import { dynamoCatalog } from './catalog.ts';
import { dynamoContents } from './contents.ts';
import { dynamoRecords } from './records.ts';
import { dynamoSlots } from './slots.ts';
import type { Table } from './table.ts';
import { dynamoThings } from './things.ts';

export type Stores = Pick<World, 'slots' | 'records' | 'contents' | 'things' | 'keys' | 'catalog'>;

export const dynamoStores = (table: Table): Stores => ({
  slots: dynamoSlots(table),
  records: dynamoRecords(table),
  contents: dynamoContents(table),
  things: dynamoThings(table),
  keys: dynamoKeys(table),
  catalog: dynamoCatalog(table),
});
