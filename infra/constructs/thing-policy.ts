// What a device may do: connect as its own thing, and use that thing's own topics. Written with the thing as a variable.
import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { channels } from '#device/shadow';
import { contentTopics, shadowTopics } from '#device/topics';
import { type ErrorImpact, saysWhoIsHurt } from './error-impact.ts';
import { iotArn } from './permission.ts';
import { named, type Stage } from './stage.ts';

/** AWS puts the connected thing here; without an attached thing it stays unresolved, and nothing matches. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is AWS IoT that fills this template in, not JavaScript.
const thisThing = '${iot:Connection.Thing.ThingName}';

const own = contentTopics(thisThing);
// `*` stands where the channel is, and `name/*/accepted` is the answer to a get as well as to an update.
const shadowsOfThisThing = shadowTopics(thisThing, '*');
const anyAnswer = (topic: string): string => topic.replace('/update/', '/');
const below = (topic: string, keptLevels: number): string =>
  [...topic.split('/').slice(0, keptLevels), '*'].join('/');

/**
 * A policy document ends at 2,048 characters, too few for each topic of each channel. So channels are named where it matters, in
 * what a thing may change; elsewhere `*` stands for the channel, and what is received is limited to what may be subscribed to.
 * `delete` and `documents` are nowhere.
 */
const topicsOf = {
  'iot:Publish': [
    ...channels.map((channel) => shadowTopics(thisThing, channel).update),
    shadowsOfThisThing.get,
    own.fetch,
    own.result,
    own.pong,
  ],
  'iot:Subscribe': [
    anyAnswer(shadowsOfThisThing.updateAccepted),
    anyAnswer(shadowsOfThisThing.updateRejected),
    shadowsOfThisThing.delta,
    // All of its own: what it says there itself it may as well hear.
    below(own.fetch, 2),
  ],
  'iot:Receive': [below(shadowsOfThisThing.get, 5), below(own.fetch, 2)],
};

/** AWS has one resource type for a topic and another for what is subscribed to. */
const resourceTypes = {
  'iot:Publish': 'topic',
  'iot:Subscribe': 'topicfilter',
  'iot:Receive': 'topic',
} as const;
const messageActions = ['iot:Publish', 'iot:Subscribe', 'iot:Receive'] as const;

/** Without the condition, anybody with one of our certificates could take the name of a thing and push it off the line. */
const connectAsItself = (scope: Construct) => ({
  Effect: 'Allow',
  Action: 'iot:Connect',
  Resource: iotArn(scope, 'client', thisThing),
  Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
});

const thingPolicyDocument = (scope: Construct) => ({
  Version: '2012-10-17',
  Statement: [
    connectAsItself(scope),
    ...messageActions.map((action) => ({
      Effect: 'Allow',
      Action: action,
      Resource: topicsOf[action].map((topic) => iotArn(scope, resourceTypes[action], topic)),
    })),
  ],
});

/** The door attaches this policy to certificates by name, so both sides take the name from here. */
export const thingPolicyName = (stage: Stage): string => named(stage, 'thing');

export class ThingPolicy extends Construct {
  constructor(scope: Construct, id: string, { stage, errorImpact }: { readonly stage: Stage } & ErrorImpact) {
    super(scope, id);
    const policy = new CfnPolicy(this, 'Policy', {
      policyName: thingPolicyName(stage),
      policyDocument: thingPolicyDocument(this),
    });
    saysWhoIsHurt(policy, { errorImpact });
  }
}
