// The stores over one table of DynamoDB.
import { dynamoKeys } from './api-keys.ts';
import { dynamoAudit } from './audit.ts';
import { dynamoCatalog } from './catalog.ts';
import { dynamoContents } from './contents.ts';
import { dynamoDeliveries } from './deliveries.ts';
import { dynamoEstate } from './estate.ts';
import { dynamoMembers } from './members.ts';
import { dynamoPongs } from './pongs.ts';
import { dynamoQuotas } from './quotas.ts';
import { dynamoRecords } from './records.ts';
import { dynamoRepeats } from './repeats.ts';
import { dynamoRollouts } from './rollouts.ts';
import { dynamoSlots } from './slots.ts';
import type { Table } from './table.ts';
import { dynamoThings } from './things.ts';

/** Everything that is kept in the table: each port of a world that needs nothing besides. */
export const dynamoStores = (table: Table) => ({
  slots: dynamoSlots(table),
  records: dynamoRecords(table),
  members: dynamoMembers(table),
  rollouts: dynamoRollouts(table),
  deliveries: dynamoDeliveries(table),
  contents: dynamoContents(table),
  things: dynamoThings(table),
  repeats: dynamoRepeats(table),
  pongs: dynamoPongs(table),
  keys: dynamoKeys(table),
  quotas: dynamoQuotas(table),
  audit: dynamoAudit(table),
  catalog: dynamoCatalog(table),
  estate: dynamoEstate(table),
});
