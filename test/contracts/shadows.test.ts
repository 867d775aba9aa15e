// What the engine may rely on when it writes a target and reads a report, wherever the shadows are.
import {
  ConflictException,
  IoTDataPlaneClient,
  ThrottlingException,
  UpdateThingShadowCommand,
} from '@aws-sdk/client-iot-data-plane';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iotShadows } from '#adapters/iot/shadows';
import { memoryShadows } from '#adapters/memory/shadows';
import type { Channel } from '#domain/channel';
import { type Shadows, Unavailable } from '#engine/ports';
import { startWorld, type World } from '#test/local/iot/support';
import { digestOf, start } from './given.ts';

interface Both {
  readonly shadows: Shadows;
  /** As a thing does it. */
  readonly report: (thing: string, channel: Channel, current: unknown) => Promise<void>;
}

const target = (changes: Readonly<Record<string, unknown>> = {}) => ({
  v: 1,
  seq: start,
  deployment: 'dpl_1',
  manifest: digestOf('manifest'),
  ...changes,
});
const item = (path: string) => ({ path, digest: digestOf(path), size: 3, data: 'a: 1' });
const current = (changes: Readonly<Record<string, unknown>> = {}) => ({
  ...target(),
  state: 'applied',
  attempt: 0,
  error: null,
  ...changes,
});

let things = 0;
const newThing = (): string => `robot-${things++}`;

const shadowsContract = (make: () => Promise<Both>) => {
  it('has no shadow of a thing that was never told anything', async () => {
    const { shadows } = await make();
    expect(await shadows.read(newThing(), 'release')).toBeUndefined();
  });

  it('reads back the target that was written, and no report', async () => {
    const { shadows } = await make();
    const thing = newThing();
    const written = target({ items: [item('a.yaml'), item('b.yaml')] });
    await shadows.write(thing, 'release', written);
    expect(await shadows.read(thing, 'release')).toEqual({ target: written, current: undefined });
  });

  it('replaces a target whole: nothing of the one before survives', async () => {
    const { shadows } = await make();
    const thing = newThing();
    await shadows.write(thing, 'release', target({ items: [item('a.yaml'), item('b.yaml')] }));
    await shadows.write(thing, 'release', target({ seq: start + 1, items: [item('c.yaml')] }));
    expect((await shadows.read(thing, 'release'))?.target).toEqual(
      target({ seq: start + 1, items: [item('c.yaml')] }),
    );
    await shadows.write(thing, 'release', target({ seq: start + 2 }));
    expect((await shadows.read(thing, 'release'))?.target).toEqual(target({ seq: start + 2 }));
    await shadows.write(thing, 'release', target({ seq: start + 3, items: [] }));
    expect((await shadows.read(thing, 'release'))?.target).toEqual(target({ seq: start + 3, items: [] }));
  });

  it('leaves out what a target says is undefined', async () => {
    const { shadows } = await make();
    const thing = newThing();
    await shadows.write(thing, 'release', target({ items: undefined }));
    expect(Object.keys((await shadows.read(thing, 'release'))?.target ?? {})).not.toContain('items');
  });

  it('keeps the list of a channel that runs things in order', async () => {
    const { shadows } = await make();
    const thing = newThing();
    const pointer = (seq: number) => ({ seq, deployment: `dpl_${seq}`, manifest: digestOf(String(seq)) });
    await shadows.write(thing, 'software', { v: 1, seq: 9, run: [pointer(1), pointer(2)] });
    await shadows.write(thing, 'software', { v: 1, seq: 10, run: [pointer(2)] });
    expect((await shadows.read(thing, 'software'))?.target).toEqual({ v: 1, seq: 10, run: [pointer(2)] });
  });

  it('gives back the null by which a thing says that nothing is wrong any more', async () => {
    const { shadows, report } = await make();
    const thing = newThing();
    await report(thing, 'release', current({ state: 'retrying', error: { code: 'x', message: 'y' } }));
    await report(thing, 'release', current());
    expect((await shadows.read(thing, 'release'))?.current).toEqual(current());
  });

  it('leaves the report alone, and the other channels', async () => {
    const { shadows, report } = await make();
    const thing = newThing();
    await shadows.write(thing, 'release', target());
    await report(thing, 'release', current());
    await shadows.write(thing, 'release', target({ seq: start + 1 }));
    await shadows.write(thing, 'environment', target({ seq: start + 5 }));
    expect(await shadows.read(thing, 'release')).toEqual({
      target: target({ seq: start + 1 }),
      current: current(),
    });
  });

  it('reads a report where no target was ever written', async () => {
    const { shadows, report } = await make();
    const thing = newThing();
    await report(thing, 'release', current({ error: { code: 'x', message: 'y' } }));
    const state = await shadows.read(thing, 'release');
    expect(state?.target).toBeUndefined();
    expect(state?.current).toEqual(current({ error: { code: 'x', message: 'y' } }));
  });
};

const inMemory = async (): Promise<Both> => {
  const shadows = memoryShadows();
  return { shadows, report: async (thing, channel, reported) => shadows.report(thing, channel, reported) };
};

describe('shadows in memory', () => shadowsContract(inMemory));

describe('shadows in AWS IoT Core', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.end());

  shadowsContract(async () => ({
    shadows: iotShadows(world.data),
    report: async (thing, channel, reported) => {
      const payload = Buffer.from(JSON.stringify({ state: { reported: { current: reported } } }));
      await world.data.send(new UpdateThingShadowCommand({ thingName: thing, shadowName: channel, payload }));
    },
  }));

  const failing = (error: Error): Shadows => {
    const { credentials, region } = world.data.config;
    const client = new IoTDataPlaneClient({ credentials, region });
    client.middlewareStack.add(
      () => async () => {
        throw error;
      },
      { step: 'initialize' },
    );
    return iotShadows(client);
  };
  const about = { $metadata: {}, message: 'stubbed' };

  it.each([
    ['throttled', new ThrottlingException({ ...about, $metadata: { httpStatusCode: 429 } })],
    ['changed by somebody else', new ConflictException({ ...about, $metadata: { httpStatusCode: 409 } })],
  ])('may be written later when they are %s', async (_, error) => {
    const shadows = failing(error);
    await expect(shadows.write('robot', 'release', target())).rejects.toThrow(Unavailable);
    await expect(shadows.read('robot', 'release')).rejects.toMatchObject({ cause: error });
  });

  it('are a fault when the target is too large', async () => {
    const tooLarge = target({ items: [item('x'.repeat(9000))] });
    await expect(iotShadows(world.data).write(newThing(), 'release', tooLarge)).rejects.toMatchObject({
      name: 'Error',
      message: expect.stringContaining('RequestEntityTooLarge'),
    });
  });
});
