// The agent on the local IoT Core: real certificates, real MQTT over TLS, the shadow service's own delta.
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAgent } from '#device/agent/agent';
import { systemClock } from '#device/agent/clock';
import { digestOf } from '#device/agent/digest';
import { activate } from '#device/agent/identity/activate';
import { openIdentity } from '#device/agent/identity/keep';
import { mqttTransport } from '#device/agent/link/mqtt';
import { createRecorder, temporaryFolder } from './support/device.ts';
import { startIotWorld } from './support/iot-world.ts';
import { itemOf, targetOf, viewOf } from './support/sets.ts';

const signal = new AbortController().signal;
type World = Awaited<ReturnType<typeof startIotWorld>>;

const bringIn = async (world: World, name: string) => {
  const dir = temporaryFolder();
  const answer = await activate({ dir, name, url: world.url, token: name, clock: systemClock, signal });
  const { key } = await openIdentity(dir, name);
  return { ...answer, key };
};

const start = async (
  world: World,
  identity: Awaited<ReturnType<typeof bringIn>>,
  root = temporaryFolder(),
) => {
  const { thing, certificate, key, endpoint } = identity;
  const ca = readFileSync(world.core.mqtt.caFile, 'utf8');
  const recorder = createRecorder();
  const transport = mqttTransport({ ...endpoint, thing, certificate, key, ca });
  const agent = createAgent({
    thing,
    transport,
    roots: { release: root },
    random: () => 0,
    onEvent: recorder.onEvent,
  });
  await agent.start();
  onTestFinished(() => agent.stop());
  return { ...recorder, root, stop: () => agent.stop() };
};

describe('the agent over MQTT', { timeout: 30_000 }, () => {
  it('is activated, applies, fetches, reports, and catches up after it was away', async () => {
    const world = await startIotWorld();
    const identity = await bringIn(world, 'robot-7');
    const { thing } = identity;
    const first = await start(world, identity);
    await first.next('connected');

    await world.want(thing, 'release', targetOf(1, { '/srv/a.json': '{"a":1.0}' }));
    await first.next('confirmed', ({ state }) => state === 'applied');
    expect(viewOf(first.root)).toEqual({ 'srv/a.json': '{"a":1.0}' });
    expect(await world.reported(thing, 'release')).toMatchObject({ seq: 1, state: 'applied', attempt: 1 });

    const large = 'x'.repeat(300_000);
    world.contents.set(digestOf(large), Buffer.from(large));
    await world.want(thing, 'release', { ...targetOf(2, {}), items: [itemOf('srv/large', large)] });
    await first.next('confirmed', ({ seq }) => seq === 2);
    expect(viewOf(first.root)).toEqual({ 'srv/large': large });

    await first.stop();
    await world.want(thing, 'release', targetOf(3, { 'srv/b': 'missed' }));
    await world.want(thing, 'release', targetOf(4, { 'srv/b': 'newest' }));
    const again = await start(world, identity, first.root);
    await again.next('confirmed', ({ seq }) => seq === 4);
    expect(viewOf(first.root)).toEqual({ 'srv/b': 'newest' });
    expect(again.events.filter(({ event }) => event === 'target')).toHaveLength(1);

    await world.want(thing, 'release', targetOf(5, {}));
    await again.next('confirmed', ({ seq }) => seq === 5);
    expect(await world.reported(thing, 'release')).toEqual({ ...reportOf(5), state: 'removed', attempt: 1 });
  });

  it('says once what it has to say: one update per target, and no echo of its own delta', async () => {
    const world = await startIotWorld();
    const identity = await bringIn(world, 'robot-8');
    const { next, events } = await start(world, identity);
    await next('connected');
    for (const seq of [1, 2, 3]) {
      await world.want(identity.thing, 'release', targetOf(seq, { a: `${seq}` }));
      await next('confirmed', (event) => event.seq === seq && event.state === 'applied');
    }
    expect(events.filter(({ event }) => event === 'reported')).toHaveLength(3);
  });

  it('comes back when the other end was gone', async () => {
    const world = await startIotWorld();
    const identity = await bringIn(world, 'robot-9');
    const { next } = await start(world, identity);
    await next('connected');
    // A second connection with the same client id throws the first one out, as on AWS.
    const other = await start(world, identity);
    await other.next('connected');
    await next('disconnected');
    await other.stop();
    await next('connected');
  });

  it('says why when nobody answers', async () => {
    const world = await startIotWorld();
    const identity = await bringIn(world, 'robot-10');
    const { next } = await start(world, { ...identity, endpoint: { host: 'localhost', port: 1 } });
    expect((await next('disconnected')).reason).toContain('ECONNREFUSED');
  });
});

const reportOf = (seq: number) => {
  const { v, deployment, manifest } = targetOf(seq, {});
  return { v, seq, deployment, manifest };
};
