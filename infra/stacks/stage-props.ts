// What every stack of a stage is told.
import type { StackProps } from 'aws-cdk-lib';
import type { Stage } from '../constructs/stage.ts';

export type StageProps = StackProps & { readonly stage: Stage };
