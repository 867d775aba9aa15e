// Who is hurt when something fails: one sentence, kept in the template beside the resource, for alarms and for operators.
import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

export type ErrorImpact = {
  /** A sentence about people: who is hurt when this fails, and what they then see. */
  readonly errorImpact: string;
};

export const errorImpactKey = 'ErrorImpact';

const resourceOf = (construct: IConstruct): IConstruct => construct.node.defaultChild ?? construct;

/** Metadata and not a tag: tag values allow neither commas nor apostrophes, and sentences have both. */
export const saysWhoIsHurt = (construct: IConstruct, { errorImpact }: ErrorImpact): void => {
  const resource = resourceOf(construct);
  if (!CfnResource.isCfnResource(resource)) {
    throw new Error(`${construct.node.path} is no resource, so it cannot say who is hurt.`);
  }
  resource.addMetadata(errorImpactKey, errorImpact);
};
