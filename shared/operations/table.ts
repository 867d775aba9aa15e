// The one table's attribute and index names: declared by infra, used by adapters/dynamodb.

/** Names only; what lies under which key is the business of adapters/dynamodb/keys.ts. */
export const table = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Seconds since the epoch; DynamoDB removes the item some time after it. */
  expiresAt: 'expiresAt',
  indexes: {
    /** Everything that is listed, newest last: keys that never change, so an update costs nothing here. */
    listed: { name: 'listed', partitionKey: 'listPk', sortKey: 'listSk' },
    /** Sparse: only what must be looked at again, by time (number, ms). Sharded so that no minute is hot. */
    due: { name: 'due', partitionKey: 'duePk', sortKey: 'dueAt' },
  },
} as const;

/** How many partitions the `due` index is spread over. More shards cost the sweeper one query each. */
export const dueShards = 8;
