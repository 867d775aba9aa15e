// The CDK app: which stage, where. `npx cdk synth` works offline; `-c stage=prod` chooses another stage than `dev`, `-c nag=true` adds
// the security checks that the tests run anyway.
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { stageNamed, stageOnThisMachine } from './constructs/stage.ts';
import { context } from './stacks/context.ts';
import { shadowcast } from './stacks/shadowcast.ts';

const app = new App({ analyticsReporting: false, context });

/** Without credentials the CLI knows no account; the templates then say `AWS::AccountId`, and fit any. */
const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
const env = { ...(account && { account }), ...(region && { region }) };

/** The local cloud says so; nobody who deploys does. */
const stageOf = app.node.tryGetContext('onThisMachine') === true ? stageOnThisMachine : stageNamed;

shadowcast(app, stageOf(app.node.tryGetContext('stage') ?? 'dev'), env);
if (app.node.tryGetContext('nag')) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
