// The stores over one table of DynamoDB: what is asked of a whole world is asked of it there, too.
import { dynamoKeys } from '#adapters/dynamodb/api-keys';
import { dynamoAudit } from '#adapters/dynamodb/audit';
import { dynamoCatalog } from '#adapters/dynamodb/catalog';
import { dynamoContents } from '#adapters/dynamodb/contents';
import { dynamoDeliveries } from '#adapters/dynamodb/deliveries';
import { dynamoEstate } from '#adapters/dynamodb/estate';
import { dynamoMembers } from '#adapters/dynamodb/members';
import { dynamoPongs } from '#adapters/dynamodb/pongs';
import { dynamoQuotas } from '#adapters/dynamodb/quotas';
import { dynamoRecords } from '#adapters/dynamodb/records';
import { dynamoRepeats } from '#adapters/dynamodb/repeats';
import { dynamoRollouts } from '#adapters/dynamodb/rollouts';
import { dynamoSlots } from '#adapters/dynamodb/slots';
import type { Table } from '#adapters/dynamodb/table';
import { dynamoThings } from '#adapters/dynamodb/things';

/** Everything that the functions keep in the table. */
export const inTable = (table: Table) => ({
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
