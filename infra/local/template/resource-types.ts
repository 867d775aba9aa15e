// The one table of what the local cloud knows: each type of resource, the properties it honours, and how it starts. All else is an error.
import { dynamodbTypes } from '../dynamodb/resources.ts';
import { gatewayTypes } from '../gateway/resources.ts';
import { lambdaTypes } from '../lambda/resources.ts';
import { scheduleTypes } from '../schedule/resources.ts';
import { sqsTypes } from '../sqs/resources.ts';
import { iotTypes } from './iot-resources.ts';
import { arnOf, globalArnOf, typeWithoutEffect } from './resource-type.ts';
import type { ResourceTypes } from './scope.ts';

const unenforced = 'permissions are not enforced on this machine';
const unencrypted = 'nothing is encrypted at rest on this machine';

export const resourceTypes: ResourceTypes = {
  ...dynamodbTypes,
  ...sqsTypes,
  ...lambdaTypes,
  ...gatewayTypes,
  ...iotTypes,
  ...scheduleTypes,
  'AWS::IAM::Role': typeWithoutEffect(unenforced, { Arn: globalArnOf('iam', 'role/') }, 'RoleName'),
  'AWS::IAM::Policy': typeWithoutEffect(unenforced),
  'AWS::KMS::Key': typeWithoutEffect(unencrypted, { Arn: arnOf('kms', 'key/') }),
  'AWS::KMS::Alias': typeWithoutEffect(unencrypted),
  'AWS::Logs::LogGroup': typeWithoutEffect(
    'logs go to files',
    { Arn: arnOf('logs', 'log-group:') },
    'LogGroupName',
  ),
  'AWS::CDK::Metadata': typeWithoutEffect('it only counts CDK users'),
};
