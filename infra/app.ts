// The CDK app: which stage, where. `npx cdk synth` works offline; `-c stage=prod` chooses another stage than `dev`.
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { stageNamed } from './constructs/stage.ts';
import { shadowcast } from './stacks/shadowcast.ts';

// Set here and not in cdk.json: the local cloud runs this file without the CLI, and must get the very same templates.
const app = new App({
  analyticsReporting: false,
  context: {
    'aws:cdk:enable-asset-metadata': true,
    '@aws-cdk/aws-iam:minimizePolicies': true,
    // What another stack uses cannot be deleted under it.
    '@aws-cdk/core:defaultCrossStackReferences': 'strong',
  },
});

const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
const env = { ...(account && { account }), ...(region && { region }) };

shadowcast(app, stageNamed(app.node.tryGetContext('stage') ?? 'dev'), env);
if (app.node.tryGetContext('nag')) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
