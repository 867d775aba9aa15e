// The one table of what the local cloud knows: each type of resource, the properties it honours, and how it starts. All else is an error.
import { cloudwatchTypes } from '../cloudwatch/resources.ts';
import { dynamodbTypes } from '../dynamodb/resources.ts';
import { eventTypes } from '../events/resources.ts';
import { gatewayTypes } from '../gateway/resources.ts';
import { iamTypes } from '../iam/resources.ts';
import { lambdaTypes } from '../lambda/resources.ts';
import { scheduleTypes } from '../schedule/resources.ts';
import { snsTypes } from '../sns/resources.ts';
import { sqsTypes } from '../sqs/resources.ts';
import { iotTypes } from './iot-resources.ts';
import { arnOf, typeWithoutEffect } from './resource-type.ts';
import type { ResourceTypes } from './scope.ts';

const unencrypted = 'nothing is encrypted at rest on this machine';

export const resourceTypes: ResourceTypes = {
  ...dynamodbTypes,
  ...sqsTypes,
  ...lambdaTypes,
  ...gatewayTypes,
  ...iotTypes,
  ...scheduleTypes,
  ...eventTypes,
  ...snsTypes,
  ...cloudwatchTypes,
  ...iamTypes,
  'AWS::KMS::Key': typeWithoutEffect(unencrypted, { Arn: arnOf('kms', 'key/') }),
  'AWS::KMS::Alias': typeWithoutEffect(unencrypted),
  'AWS::Logs::LogGroup': typeWithoutEffect(
    'logs go to files',
    { Arn: arnOf('logs', 'log-group:') },
    'LogGroupName',
  ),
  'AWS::CDK::Metadata': typeWithoutEffect('it only counts CDK users'),
};
