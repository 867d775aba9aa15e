// Where the command works: an AWS account by its stage, or the local cloud.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export class UsageError extends Error {}

export interface Surroundings {
  readonly tableName: string;
  readonly policyName: string;
  /** Where the local cloud lives. */
  readonly directory: string;
}

const directory = (): string => process.env.SHADOWCAST_DIR ?? '.shadowcast';

const stageOf = (tableName: string): Surroundings => ({
  tableName,
  policyName: `${tableName}-thing`,
  directory: directory(),
});

/** The local cloud writes where it is; the SDK reads it from the environment, as it would anywhere. */
const useLocalCloud = (): string => {
  const file = join(directory(), 'local.json');
  try {
    const local = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    process.env.AWS_ENDPOINT_URL_DYNAMODB = local.dynamodbEndpoint;
    process.env.AWS_ENDPOINT_URL_IOT = local.iotEndpoint;
    process.env.AWS_ENDPOINT_URL_SQS = local.sqsEndpoint;
    process.env.AWS_REGION = local.region;
    process.env.AWS_ACCESS_KEY_ID = local.accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = local.secretAccessKey;
    return local.tableName ?? '';
  } catch {
    throw new UsageError(
      'The local cloud is not running: start it with npm start, or name a stage with --stage.',
    );
  }
};

export const surroundings = (stage: string | undefined): Surroundings =>
  stageOf(stage === undefined ? (process.env.TABLE_NAME ?? useLocalCloud()) : `shadowcast-${stage}`);
