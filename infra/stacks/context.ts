// What CDK is told about how to write templates. Here and not in cdk.json: the local cloud and the tests run without the CLI, and must
// get the very same templates.
export const context = {
  // Where each bundle lies, for the local cloud.
  'aws:cdk:enable-asset-metadata': true,
  // Statements on the same resource become one.
  '@aws-cdk/aws-iam:minimizePolicies': true,
  // What another stack uses cannot be deleted under it.
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
};
