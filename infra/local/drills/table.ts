// Drills with the table: it turns calls away, or the workers may not write it.
import type { DynamoDbRequest } from '../dynamodb/door.ts';
import { drill } from './drill.ts';
import { madeFleet } from './fleet.ts';
import type { Ground } from './ground.ts';

const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems', 'BatchWriteItem']);

const refused = (name: string, message: string) => ({
  status: 400,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message },
});

/** More than the alarm minds, in each minute; what is tried again finds room. */
const turnedAway = 12;
type Room = { turnAway: number };

const tableThrottles = ({ control, named }: Ground, room: Room) =>
  control.table.answerInstead(({ operation }: DynamoDbRequest) => {
    if (room.turnAway === 0 || !writes.has(operation)) return undefined;
    room.turnAway -= 1;
    const TableName = named('').slice(0, -1);
    control.watch.measure('AWS/DynamoDB', { TableName }, { WriteThrottleEvents: 1 });
    return refused(
      'ProvisionedThroughputExceededException',
      'The level of configured throughput is exceeded.',
    );
  });

export const throttled = drill({
  fault: 'More is written than the table has room for: it turns away a dozen writes a minute.',
  repair: 'Find who writes so much, end that or warm the table, and let callers try again.',
  inject: async (ground) => {
    const room: Room = { turnAway: 0 };
    return { mended: tableThrottles(ground, room), room, isMended: false };
  },
  mend: async (_ground, broken) => {
    broken.isMended = true;
    broken.mended();
  },
  minute: async ({ ask }, { room, isMended }) => {
    if (isMended) return;
    room.turnAway = turnedAway;
    const make = () => ask('POST', '/config_types', { name: 'Drill', slug: 'drill' });
    await Promise.all(Array.from({ length: turnedAway }, make));
  },
});

export const deploymentsOverdue = drill({
  fault:
    'The sweeper has lost the right to write the table: it finds what is overdue, and cannot look at it.',
  repair: 'Give its role the right again; the next sweep looks at all that is overdue.',
  inject: async (ground) => {
    const { control, named } = ground;
    const sweeper = control.accessKeyOf(named('sweep-overdue'));
    const mended = control.table.answerInstead(({ operation, accessKeyId }) =>
      writes.has(operation) && accessKeyId === sweeper
        ? refused('AccessDeniedException', 'User is not authorized to perform: dynamodb:PutItem')
        : undefined,
    );
    // Nobody answers it: a minute later it is due to be looked at.
    await (await madeFleet(ground, 'overdue', 1)).deploy();
    return mended;
  },
  mend: async (_ground, mended) => mended(),
});
