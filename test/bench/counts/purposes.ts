// What each unit of a life is for: by the function that spends it, the call, and the item.

export const purposes: Readonly<Record<string, string>> = {
  'GetItem thing': 'whose device it is, and that it is not retired',
  'GetItem entry miru_release': 'the release that is named, and its schemas',
  'BatchGetItem entry miru_config_instance': 'the instances: path, digest and size of what is deployed',
  'GetItem content': 'is it stored already; half a unit, however large it is',
  'PutItem content': 'content that nobody has stored before',
  'GetItem slot':
    'the point of truth, strongly consistent, before it is decided on and after it was carried out',
  'PutItem deployment': 'the record: who asked for what, before the slot may name it',
  'PutItem deployment, index listed': 'its place in the list of the organization; its keys never change',
  'BatchGetItem deployment': 'have the ends of those that left the slot last time reached their records',
  'PutItem slot': 'the new head and what it supersedes, or the confirmation, in one conditional write',
  'PutItem slot, index due':
    'it waits for somebody from now on, or no longer: what the sweeper finds, and the outbox',
  'GetItem deployment':
    'the record once more, for the answer; where there is an idempotency key, whether it was used',
  'UpdateItem deployment': 'the end of the one that was superseded',
  'SendMessage queue transitions': 'the slot wants a look',
  'SendMessage queue reports': 'what the device said',
  'shadow operation update': 'the target; the report',
  'message to the device shadow update/accepted':
    'the device listens for the answer to its report, and hears that to our write as well',
  'message to the device shadow update/delta': 'the target, and its echo after the report',
  'message from the device shadow update': 'the report',
  'GetItem entry heat_config': 'the config that is named',
  'GetItem entry heat_deployment': 'the deployment before its condition is written',
  'PutItem entry heat_use': 'the config is in use: it must not be deleted',
  'PutItem entry heat_use, index listed': 'who uses this config',
  'PutItem entry heat_at': 'the deployment is on this server',
  'PutItem entry heat_at, index listed': 'what this server is asked to do, in order',
  'PutItem entry heat_deployment':
    'Heat’s own record, written when it is made, when its run is known, and when it ends',
  'PutItem entry heat_deployment, index listed': 'its place in the list of the tenant',
  'GetItem label, claim': 'which thing this server is',
  'GetItem repeat': 'was this run started yesterday',
  'PutItem repeat': 'the run is started once, whoever comes second',
  'Query list thing': 'what this thing may fetch: its slots',
};

export const purposeOf = (call: string, item: string): string => purposes[`${call} ${item}`] ?? '';
