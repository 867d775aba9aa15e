// The thing policy of the templates, kept by the broker over MQTT and TLS: a device tries everything that it must not do.
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { channels } from '#device/shadow';
import { contentTopics, shadowTopics } from '#device/topics';
import { connect, type Device, policyName, provision, startWorld, type World } from '../iot/support.ts';
import { givenTemplates } from './given.ts';

const { planned } = await givenTemplates();
const [policy] = planned.filter(({ resource }) => resource.type === 'AWS::IoT::Policy');

let world: World;
let mine: Device;
let unattached: Device;

beforeAll(async () => {
  world = await startWorld(undefined, { region: 'us-east-1' });
  const { PolicyDocument } = Object(policy?.resource.properties);
  world.core.putPolicy(policyName, PolicyDocument);
  mine = await provision(world, 'mine');
  await provision(world, 'theirs');
  unattached = { ...(await provision(world, 'elsewhere')), thing: 'nowhere' };
  world.core.putRule('everything', {
    Sql: "SELECT * FROM '#'",
    AwsIotSqlVersion: '2016-03-23',
    Actions: [{ Lambda: { FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:witness' } }],
  });
});
afterAll(() => world.end());

const connected = async (): Promise<MqttClient> => {
  const client = await connect(world, mine);
  onTestFinished(() => void client.end(true));
  return client;
};

const closed = (client: MqttClient): Promise<void> =>
  new Promise((done) => {
    client.once('close', () => done());
    client.on('error', () => {});
  });

const own = contentTopics('mine');
const ofOthers = contentTopics('theirs');
const shadow = shadowTopics('mine', 'release');
const digest = `sha256:${'0'.repeat(64)}`;

describe('a device is cut off that publishes', () => {
  it.each([
    ['a report of another', shadowTopics('theirs', 'release').update],
    ['a question about another’s shadow', shadowTopics('theirs', 'release').get],
    ['a request for content in another’s name', ofOthers.fetch],
    ['a result of another', ofOthers.result],
    ['a sign of life of another', ofOthers.pong],
    ['to a shadow that is no channel', shadowTopics('mine', 'other').update],
    ['to the shadow without a name', '$aws/things/mine/shadow/update'],
    ['the deletion of its own shadow', '$aws/things/mine/shadow/name/release/delete'],
    ['in the cloud’s place: a target', shadow.delta],
    ['in the cloud’s place: content', own.content(digest, 0)],
    ['in the cloud’s place: a refusal', own.fetchRejected],
    ['in the cloud’s place: a ping', own.ping],
    ['in AWS’s place: that somebody came or went', '$aws/events/presence/connected/theirs'],
    ['past the broker, to a rule', '$aws/rules/everything'],
    ['anywhere else', 'a/topic/of/nobody'],
    ['below its own topics', `${own.fetch}/more`],
  ])('%s', async (_what, topic) => {
    const client = await connected();
    const end = closed(client);
    const before = world.deliveries.length;

    client.publish(topic, '{}', { qos: 0 });
    await end;

    expect(world.deliveries.slice(before).filter((each) => each.topic === topic)).toEqual([]);
    expect(world.log.at(-1)).toContain(`mine: publish to ${topic} refused`);
  });

  it('what shall be kept for whoever comes later', async () => {
    const client = await connected();
    const end = closed(client);

    client.publish(own.pong, '{}', { qos: 1, retain: true });
    await end;

    expect(world.log.at(-1)).toContain('no policy allows iot:RetainPublish');
  });
});

describe('a device is not heard that asks to listen', () => {
  it.each([
    ['to everything', '#'],
    ['to all things', 'shadowcast/+/content/+/+'],
    ['to all shadows', '$aws/things/+/shadow/name/+/update/accepted'],
    ['to another’s shadow', shadowTopics('theirs', 'release').updateAccepted],
    ['to another’s targets', shadowTopics('theirs', 'release').delta],
    ['to another’s content', ofOthers.contentFilter],
    ['to another’s pings', ofOthers.ping],
    ['to whole documents', shadow.documents],
    ['to who comes and goes', '$aws/events/#'],
    ['through a shared subscription', `$share/all/${own.contentFilter}`],
  ])('%s', async (_what, filter) => {
    const client = await connected();

    const granted = await client.subscribeAsync(filter, { qos: 1 }).catch((error: Error) => error);

    expect(granted).toMatchObject({ message: expect.stringMatching(/Unspecified error|not authorized/i) });
  });
});

describe('a device does not get in', () => {
  it.each<[string, () => Device, string]>([
    ['under the name of another', () => mine, 'theirs'],
    ['under a name that nobody has', () => mine, 'unheard-of'],
    ['under a wildcard', () => mine, '*'],
    ['with a certificate that no thing of this name has', () => unattached, 'nowhere'],
  ])('%s', async (_what, device, clientId) => {
    await expect(connect(world, device(), { clientId })).rejects.toThrow(/Not authorized/);
  });
});

describe('a device still may', () => {
  it.each(channels)('report on its own %s', async (channel) => {
    const client = await connected();

    await client.publishAsync(shadowTopics('mine', channel).update, '{"state":{"reported":{}}}', { qos: 1 });

    expect(client.connected).toBe(true);
  });

  it.each([
    ['fetch', own.fetch],
    ['tell results', own.result],
    ['answer a ping', own.pong],
    ['ask for its targets', shadow.get],
  ])('%s', async (_what, topic) => {
    const client = await connected();

    await client.publishAsync(topic, '{}', { qos: 1 });

    expect(client.connected).toBe(true);
  });

  it.each([
    ['its targets', shadow.delta],
    ['its answers', shadow.getAccepted],
    ['its content', own.contentFilter],
    ['its pings', own.ping],
  ])('listen to %s', async (_what, filter) => {
    const client = await connected();

    expect(await client.subscribeAsync(filter, { qos: 1 })).toMatchObject([{ topic: filter, qos: 1 }]);
  });
});
