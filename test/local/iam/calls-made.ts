// The calls that each function makes, as they were recorded on a walk through everything; and what a role allows beyond them, each
// with its reason. A new call that is not written here, and a permission that nobody can explain, fail a test.

/** By function: the action, and the end of the ARN as `given.ts` shortens it. */
export const callsMade: Readonly<Record<string, readonly string[]>> = {
  'api-device': [
    'dynamodb:BatchGetItem table',
    'dynamodb:GetItem table',
    'dynamodb:PutItem table',
    'dynamodb:Query table',
    'iot:AttachPolicy cert/*',
    'iot:AttachPolicy policy/thing',
    'iot:AttachThingPrincipal cert/*',
    'iot:AttachThingPrincipal thing/*',
    'iot:CreateCertificateFromCsr *',
    'iot:CreateThing thing/*',
    'iot:DescribeEndpoint *',
    'iot:DetachPolicy cert/*',
    'iot:DetachPolicy policy/thing',
    'iot:DetachThingPrincipal cert/*',
    'iot:DetachThingPrincipal thing/*',
    'iot:ListThingPrincipals thing/*',
    'iot:UpdateCertificate cert/*',
    'sqs:SendMessage transitions',
  ],
  'api-heat': [
    'dynamodb:BatchGetItem table',
    'dynamodb:DeleteItem table',
    'dynamodb:GetItem table',
    'dynamodb:PutItem table',
    'dynamodb:Query table',
    'dynamodb:Query table/index/listed',
    'sqs:SendMessage transitions',
  ],
  'api-humanitec': [
    'dynamodb:BatchGetItem table',
    'dynamodb:DeleteItem table',
    'dynamodb:GetItem table',
    'dynamodb:PutItem table',
    'dynamodb:Query table',
    'dynamodb:Query table/index/listed',
    'dynamodb:UpdateItem table',
    'sqs:SendMessage rollouts',
    'sqs:SendMessage transitions',
    'sqs:SendMessage webhooks',
  ],
  'api-miru': [
    'dynamodb:BatchGetItem table',
    'dynamodb:DeleteItem table',
    'dynamodb:GetItem table',
    'dynamodb:PutItem table',
    'dynamodb:Query table',
    'dynamodb:Query table/index/listed',
    'dynamodb:UpdateItem table',
    'iot:DetachPolicy cert/*',
    'iot:DetachPolicy policy/thing',
    'iot:DetachThingPrincipal cert/*',
    'iot:DetachThingPrincipal thing/*',
    'iot:ListThingPrincipals thing/*',
    'iot:Publish topic/shadowcast/*/ping',
    'iot:UpdateCertificate cert/*',
    'sqs:SendMessage transitions',
  ],
  'carry-out-transition': ['dynamodb:GetItem table', 'iot:UpdateThingShadow thing/*'],
  'deliver-webhook': ['dynamodb:GetItem table', 'dynamodb:PutItem table', 'sqs:SendMessage webhooks'],
  'halt-rollouts': [
    'dynamodb:GetItem table',
    'dynamodb:PutItem table',
    'dynamodb:Query table/index/due',
    'sqs:SendMessage rollouts',
  ],
  'roll-out': [
    'dynamodb:BatchGetItem table',
    'dynamodb:BatchWriteItem table',
    'dynamodb:GetItem table',
    'dynamodb:PutItem table',
    'dynamodb:Query table',
    'dynamodb:UpdateItem table',
    'sqs:SendMessage rollouts',
    'sqs:SendMessage transitions',
    'sqs:SendMessage webhooks',
  ],
  'serve-content': [
    'dynamodb:BatchGetItem table',
    'dynamodb:GetItem table',
    'dynamodb:Query table',
    'iot:Publish topic/shadowcast/*/content/*/*',
    'iot:Publish topic/shadowcast/*/fetch/rejected',
  ],
  'sweep-contents': [
    'dynamodb:BatchGetItem table',
    'dynamodb:GetItem table',
    'dynamodb:Query table',
    'dynamodb:Query table/index/listed',
  ],
  'sweep-overdue': ['dynamodb:Query table/index/due', 'sqs:GetQueueAttributes transitions'],
  'take-report': [
    'dynamodb:BatchGetItem table',
    'dynamodb:GetItem table',
    'dynamodb:PutItem table',
    'dynamodb:Query table',
    'dynamodb:UpdateItem table',
    'sqs:SendMessage transitions',
  ],
};

const polls = 'CDK gives whoever is fed by a queue these two as well, in one piece with what feeding takes.';
const handsOver = 'CDK gives whoever hands failures to a queue these two as well, in one piece with sending.';
const inTrouble =
  'A walk on which nothing goes wrong does not come by: it gives up, or hears late, and writes that down.';
const overdue = 'Only what is overdue is looked at, and nobody walks for so long.';
const old = 'Only what has been over, or content that nobody has put, for weeks is removed.';
const quiet =
  'An end that nobody had written yet is written, and content that has long not been used is marked as in use.';

/** By function, what no recorded call needs, and why it is allowed nevertheless. */
export const allowedBesides: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'api-device': { 'dynamodb:UpdateItem table': quiet },
  'api-heat': { 'dynamodb:UpdateItem table': quiet },
  'carry-out-transition': {
    'dynamodb:BatchGetItem table': inTrouble,
    'dynamodb:PutItem table': inTrouble,
    'dynamodb:Query table': inTrouble,
    'dynamodb:UpdateItem table': inTrouble,
    'iot:GetThingShadow thing/*':
      'A report that was lost is read from the shadow, when the sweeper has noticed.',
    'sqs:ChangeMessageVisibility transitions': polls,
    'sqs:GetQueueUrl transitions': polls,
    'sqs:SendMessage transitions': inTrouble,
  },
  'deliver-webhook': {
    'sqs:ChangeMessageVisibility webhooks': polls,
    'sqs:GetQueueUrl webhooks': polls,
  },
  'roll-out': {
    'sqs:ChangeMessageVisibility rollouts': polls,
    'sqs:GetQueueUrl rollouts': polls,
  },
  'serve-content': {
    'sqs:GetQueueAttributes failed': handsOver,
    'sqs:GetQueueUrl failed': handsOver,
  },
  'sweep-contents': {
    'dynamodb:BatchWriteItem table': old,
    'dynamodb:DeleteItem table': old,
    'dynamodb:PutItem table':
      'A rollout that was held for a year is ended, and one that is forgotten soon counted a last time.',
    'dynamodb:UpdateItem table': old,
  },
  'sweep-overdue': {
    'dynamodb:BatchGetItem table': overdue,
    'dynamodb:GetItem table': overdue,
    'dynamodb:PutItem table': overdue,
    'dynamodb:UpdateItem table': overdue,
    'sqs:SendMessage rollouts': overdue,
    'sqs:SendMessage transitions': overdue,
  },
  'take-report': {
    'sqs:ChangeMessageVisibility reports': polls,
    'sqs:GetQueueUrl reports': polls,
  },
};
