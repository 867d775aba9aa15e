// The permissions of a template, in the few words that tables are written in: a function, an action, and the end of an ARN.

import { type Grants, grantsOf } from '#infra/local/iam/grants';
import { recorder } from '#infra/local/iam/recorder';
import { readAssembly } from '#infra/local/template/assembly';
import { type Planned, planResources } from '#infra/local/template/plan';
import { resourceTypes } from '#infra/local/template/resource-types';
import { appOf } from '#test/infra/synthesized';
import { world } from '../support/assembly.ts';

export { recorder, world };

export type Templates = { planned: readonly Planned[]; grants: Grants };

/** Of the stage that the local cloud runs, without its bundles. */
export const givenTemplates = (): Templates => {
  const { directory } = appOf('dev').app.synth();
  const planned = planResources(readAssembly(directory), resourceTypes, world);
  return { planned, grants: grantsOf(planned, world) };
};

/** `arn:aws:sqs:us-east-1:000000000000:shadowcast-dev-jobs` is `jobs`; `table/shadowcast-dev/index/due` is `table/index/due`. */
export const short = (resource: string): string =>
  resource
    .replace(/^arn:aws:(iam|[a-z0-9-]+):[^:]*:[^:]*:/, '')
    .replace('shadowcast-dev-', '')
    .replace('/shadowcast-dev', '');

/** What the two functions of one sentence share is told apart by their service: actions begin with it. */
export const line = ({ action, resource }: { action: string; resource: string }): string =>
  `${action} ${short(resource)}`;

export const functionNamed = (name: string): string => name.replace('shadowcast-dev-', '');
