// What a device may do, asked of the policy as AWS IoT would ask it: action by action, topic by topic.
import { describe, expect, test } from 'vitest';
import { channels } from '#device/shadow';
import { contentTopics, shadowTopics } from '#device/topics';
import { all, listOf, partition, somewhere, textOf } from './synthesized.ts';

const [policy] = all('AWS::IoT::Policy');
const document = policy?.Properties.PolicyDocument;
const statements: { Action: string; Resource: unknown; Condition?: unknown }[] = document.Statement;

const me = 'thing-1';
const other = 'thing-2';
const digest = `sha256:${'0'.repeat(64)}`;

const literally = (text: string): string => text.replaceAll(/[\\^$.+?()[\]{}|]/g, '\\$&');

const matches = (pattern: string, arn: string): boolean =>
  new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`).test(arn);

/** The variable becomes the connected thing, as AWS does it. */
const patternsFor = (action: string): string[] =>
  statements
    .filter((statement) => statement.Action === action)
    .flatMap(({ Resource }) => listOf(Resource))
    .map((resource) => textOf(resource).replaceAll(/\$\{iot:Connection\.Thing\.ThingName\}/g, () => me));

const may = (action: string, resource: string): boolean =>
  patternsFor(action).some((pattern) =>
    matches(pattern, `arn:${partition}:iot:${somewhere.region}:${somewhere.account}:${resource}`),
  );
const mayPublish = (topic: string) => may('iot:Publish', `topic/${topic}`);
const mayListen = (topic: string, filter = topic) =>
  may('iot:Subscribe', `topicfilter/${filter}`) && may('iot:Receive', `topic/${topic}`);

const own = contentTopics(me);

describe('a device', () => {
  test('connects under the name of the thing that its certificate is attached to, and no other', () => {
    expect(may('iot:Connect', `client/${me}`)).toBe(true);
    expect(may('iot:Connect', `client/${other}`)).toBe(false);
    expect(statements.find(({ Action }) => Action === 'iot:Connect')?.Condition).toEqual({
      Bool: { 'iot:Connection.Thing.IsAttached': 'true' },
    });
  });

  test.each(channels)('reads and reports its own %s shadow', (channel) => {
    const shadow = shadowTopics(me, channel);
    expect([shadow.get, shadow.update].filter((topic) => !mayPublish(topic))).toEqual([]);
    const answers = [
      shadow.getAccepted,
      shadow.getRejected,
      shadow.updateAccepted,
      shadow.updateRejected,
      shadow.delta,
    ];
    expect(answers.filter((topic) => !mayListen(topic))).toEqual([]);
  });

  test('asks for content, hears the answer, and tells results', () => {
    expect(mayPublish(own.fetch)).toBe(true);
    expect(mayPublish(own.result)).toBe(true);
    expect(mayListen(own.content(digest, 0), own.contentFilter)).toBe(true);
    expect(mayListen(own.fetchRejected)).toBe(true);
  });

  test('never uses a topic of another thing', () => {
    const theirs = [...Object.values(shadowTopics(other, 'release')), `shadowcast/${other}/fetch`];
    expect(theirs.filter((topic) => mayPublish(topic) || mayListen(topic))).toEqual([]);
  });

  test('never deletes a shadow, and makes none beside the channels', () => {
    expect(mayPublish(`$aws/things/${me}/shadow/name/release/delete`)).toBe(false);
    expect(mayPublish(shadowTopics(me, 'other').update)).toBe(false);
    expect(mayPublish(`$aws/things/${me}/shadow/update`)).toBe(false);
  });

  test('never speaks for the cloud, and listens to nothing that it has no use for', () => {
    expect(mayPublish(own.content(digest, 0))).toBe(false);
    expect(mayPublish(shadowTopics(me, 'release').delta)).toBe(false);
    expect(mayListen(shadowTopics(me, 'release').documents)).toBe(false);
    expect(mayListen('shadowcast/+/content/+/+')).toBe(false);
    expect(mayListen('#')).toBe(false);
  });
});

test('the policy fits into the 2,048 characters that AWS allows, in the region with the longest name', () => {
  const text = JSON.stringify(document, (_key, value) => (Object(value)['Fn::Join'] ? textOf(value) : value));
  expect(text).not.toContain('Fn::');
  expect(text.length).toBeLessThanOrEqual(2048);
});
