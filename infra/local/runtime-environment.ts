// What a process needs to find the local cloud: the SDK's own variables, so that no product code knows where it runs.
import type { Identity } from './state.ts';

export type Endpoints = { dynamodb: string; sqs: string; iotData: string; iot: string };

export const sdkEnvironment = (
  region: string,
  { accessKeyId, secretAccessKey }: Identity,
  endpoints: Endpoints,
): Record<string, string> => ({
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
  AWS_ENDPOINT_URL_SQS: endpoints.sqs,
  AWS_ENDPOINT_URL_IOT_DATA_PLANE: endpoints.iotData,
  AWS_ENDPOINT_URL_IOT: endpoints.iot,
});
