// The permissions in our templates: roles and their policies, what queues say of themselves, and who may invoke a function.
import * as z from 'zod';
import { globalArnOf, resourceType, withoutEffect } from '../template/resource-type.ts';
import { policyDocument, trustDocument } from './document.ts';

export const roleProperties = z.strictObject({
  RoleName: z.string().optional(),
  AssumeRolePolicyDocument: trustDocument,
  Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: policyDocument })).default([]),
  Description: withoutEffect('words for people'),
  Tags: withoutEffect('nothing is billed here'),
});

export const policyProperties = z.strictObject({
  PolicyName: z.string(),
  PolicyDocument: policyDocument,
  Roles: z.array(z.string()),
});

export const queuePolicyProperties = z.strictObject({
  PolicyDocument: policyDocument,
  Queues: z.array(z.string()),
});

export const permissionProperties = z.strictObject({
  Action: z.literal('lambda:InvokeFunction'),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
});

export const iamTypes = {
  'AWS::IAM::Role': resourceType({
    properties: roleProperties,
    nameProperty: 'RoleName',
    attributes: { Arn: globalArnOf('iam', 'role/') },
  }),
  'AWS::IAM::Policy': resourceType({ properties: policyProperties }),
  'AWS::SQS::QueuePolicy': resourceType({ properties: queuePolicyProperties }),
  'AWS::Lambda::Permission': resourceType({ properties: permissionProperties }),
};
