// A stage is one whole copy of the system. All that differs between stages is decided here, and nowhere else.
import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

export type Stage = {
  readonly name: string;
  readonly removalPolicy: RemovalPolicy;
  readonly logRetention: RetentionDays;
} & (
  | {
      /** Production data outlives its stack, and cannot be deleted by one wrong command. */
      readonly isProduction: true;
      readonly webhookReach: 'public';
    }
  | {
      readonly isProduction: false;
      /** Whether webhooks may lead to this machine itself: where the local cloud runs, and nowhere else. */
      readonly webhookReach: 'public' | 'public and loopback';
    }
);

/** Names become parts of queue, function and policy names; the longest of those leaves room for 16 letters. */
const allowedName = /^[a-z][a-z0-9-]{0,15}$/;

/** `ON_UPDATE_OR_DELETE`: after a first deployment that failed, names that are kept would block the second. */
const keptForever = {
  isProduction: true,
  webhookReach: 'public',
  removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  logRetention: RetentionDays.THREE_MONTHS,
} as const;
const disposable = {
  isProduction: false,
  webhookReach: 'public',
  removalPolicy: RemovalPolicy.DESTROY,
  logRetention: RetentionDays.TWO_WEEKS,
} as const;

export const stageNamed = (name: string): Stage => {
  if (!allowedName.test(name)) {
    throw new Error(`"${name}" cannot be a stage: use lower-case letters, digits and dashes, at most 16.`);
  }
  return { name, ...(name === 'prod' ? keptForever : disposable) };
};

/** As the local cloud runs it. Production never does. */
export const stageOnThisMachine = (name: string): Stage => {
  const stage = stageNamed(name);
  if (stage.isProduction)
    throw new Error(`The stage "${name}" is production: it cannot run on this machine.`);
  return { ...stage, webhookReach: 'public and loopback' };
};

/** Physical names follow one convention, so that code, keys CLI and operators find a resource without a lookup. */
export const named = (stage: Stage, what?: string): string =>
  ['shadowcast', stage.name, what].filter(Boolean).join('-');
