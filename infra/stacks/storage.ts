// What is kept: one table. A stack of its own, so that deploying anything else never touches it.
import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { HouseTable } from '../constructs/table.ts';
import type { StageProps } from './stage-props.ts';

export class StorageStack extends Stack {
  readonly table: HouseTable;

  constructor(scope: Construct, id: string, { stage, ...props }: StageProps) {
    super(scope, id, { ...props, terminationProtection: stage.isProduction });

    this.table = new HouseTable(this, 'Table', {
      stage,
      errorImpact:
        'Everybody: nothing can be asked for, delivered or confirmed. Devices keep what they have.',
    });

    new CfnOutput(this, 'TableName', {
      value: this.table.name,
      description: 'The one table, always named after its stage: that is how `npm run keys` finds it.',
    });
  }
}
