// Shadows in AWS IoT Core: one named shadow a slot, of which the cloud writes `desired.target` and reads `reported.current`.
import {
  GetThingShadowCommand,
  type IoTDataPlaneClient,
  ResourceNotFoundException,
  UpdateThingShadowCommand,
} from '@aws-sdk/client-iot-data-plane';
import * as z from 'zod';
import { current, runTarget, target } from '#device/shadow';
import type { Channel } from '#domain/channel';
import type { ShadowState, Shadows } from '#engine/ports';
import { faultOf, inOurWords } from '../fault.ts';

const ofFiles = Object.keys(target.shape);
const ofRuns = Object.keys(runTarget.shape);

/** Every key that a target of the channel may have. */
const targetKeys: Readonly<Record<Channel, readonly string[]>> = {
  release: ofFiles,
  environment: ofFiles,
  software: ofRuns,
};

/** A shadow merges key by key: what the last target had and this one has not must be deleted by name, which is null. */
const whole = (channel: Channel, wanted: Readonly<Record<string, unknown>>) => ({
  ...Object.fromEntries(targetKeys[channel].map((key) => [key, null])),
  ...wanted,
});

const shadowDocument = z.object({
  state: z
    .object({
      desired: z.object({ target: z.unknown() }).partial().optional(),
      reported: z.object({ current: z.unknown() }).partial().optional(),
    })
    .optional(),
});

const nullable = Object.entries(current.shape).flatMap(([key, schema]) =>
  schema.safeParse(null).success ? [[key, null]] : [],
);

/** A shadow keeps no null: what a thing reported as null has been deleted by it, and comes back as null. */
const asReported = (stored: unknown): unknown =>
  typeof stored === 'object' && stored !== null ? { ...Object.fromEntries(nullable), ...stored } : stored;

const stateIn = (payload: Uint8Array | undefined): ShadowState => {
  const { state } = shadowDocument.parse(JSON.parse(Buffer.from(payload ?? []).toString()));
  return { target: state?.desired?.target, current: asReported(state?.reported?.current) };
};

export const iotShadows = (client: IoTDataPlaneClient): Shadows => ({
  write: async (thing, channel, wanted) => {
    const update = { state: { desired: { target: whole(channel, wanted) } } };
    const command = new UpdateThingShadowCommand({
      thingName: thing,
      shadowName: channel,
      payload: Buffer.from(JSON.stringify(update)),
    });
    await inOurWords('IoT UpdateThingShadow', () => client.send(command));
  },
  read: async (thing, channel) => {
    try {
      const shadow = await client.send(new GetThingShadowCommand({ thingName: thing, shadowName: channel }));
      return stateIn(shadow.payload);
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw faultOf('IoT GetThingShadow', error);
    }
  },
});
