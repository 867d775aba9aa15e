// The permissions of a template, in the few words that tables are written in: a function, an action, and the end of an ARN.
import { rmSync } from 'node:fs';
import { type Grants, grantsOf } from '#infra/local/iam/grants';
import { recorder } from '#infra/local/iam/recorder';
import { synthesize } from '#infra/local/synthesize';
import { readAssembly } from '#infra/local/template/assembly';
import { type Planned, planResources } from '#infra/local/template/plan';
import { resourceTypes } from '#infra/local/template/resource-types';
import { world } from '../support/assembly.ts';
import { temporaryFolder } from '../support/folder.ts';

export { recorder, world };

export type Templates = { planned: readonly Planned[]; grants: Grants };

/** Those that the local cloud runs. */
export const givenTemplates = async (): Promise<Templates> => {
  const directory = temporaryFolder();
  const stacks = readAssembly(await synthesize(directory));
  rmSync(directory, { recursive: true, force: true });
  const planned = planResources(stacks, resourceTypes, world);
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
