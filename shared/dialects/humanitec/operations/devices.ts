// Devices of an environment: brought in, listed, taken out, and given the token with which they get their certificate.

import type * as z from 'zod';
import { isRefusal } from '#domain/refusal';
import { headOf, waitOf } from '#domain/slot';
import { issueActivation } from '#engine/activate-thing';
import { repeatableBy } from '../../repeatable.ts';
import {
  type DeviceOf,
  findDevice,
  joinEnvironment,
  leaveEnvironment,
  pageOfDevices,
} from '../fleet/devices.ts';
import type * as is from '../objects.ts';
import { findEnv } from '../store/paths.ts';
import { time } from '../time.ts';
import { linkTo } from './pages.ts';
import { type Below, nothing, type Operations } from './types.ts';

type Route = Below<'/orgs/{orgId}/apps/{appId}/envs/{envId}/devices'>;

const tellDevice = ({ thing, slot }: DeviceOf): z.input<typeof is.device> => {
  const head = headOf(slot);
  const wait = head && waitOf(slot, head);
  return {
    id: thing.label,
    thing: thing.name,
    status: thing.presence.state === 'online' ? 'online' : 'offline',
    activated: thing.certificate !== null,
    manifest: head?.revision ?? null,
    delivery: head?.phase ?? null,
    waiting_for: wait?.for ?? null,
    created_at: time(thing.createdAt),
  };
};

export const devices: Operations<Route> = {
  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/devices': (world) => async (call) => {
    const env = await findEnv(world, call);
    if (isRefusal(env)) return env;
    const { page = null, per_page: perPage } = call.query;
    const found = await pageOfDevices(world, env, page, perPage);
    return {
      body: found.devices.map(tellDevice),
      headers: linkTo(call, found.next, { per_page: perPage }),
    };
  },

  'PUT /orgs/{orgId}/apps/{appId}/envs/{envId}/devices/{deviceId}': (world) => async (call) => {
    const env = await findEnv(world, call);
    if (isRefusal(env)) return env;
    const joined = await joinEnvironment(world, env, call.params.deviceId ?? '', call.principal.keyId);
    if (isRefusal(joined)) return joined;
    return { body: tellDevice(joined), ...(joined.isNew ? {} : { status: 200 }) };
  },

  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/devices/{deviceId}': (world) => async (call) => {
    const env = await findEnv(world, call);
    if (isRefusal(env)) return env;
    const device = await findDevice(world, env, call.params.deviceId ?? '');
    return isRefusal(device) ? device : { body: tellDevice(device) };
  },

  'DELETE /orgs/{orgId}/apps/{appId}/envs/{envId}/devices/{deviceId}': (world) => async (call) => {
    const env = await findEnv(world, call);
    if (isRefusal(env)) return env;
    const device = await findDevice(world, env, call.params.deviceId ?? '');
    if (isRefusal(device)) return device;
    await leaveEnvironment(world, env, device, call.principal.keyId);
    return nothing;
  },

  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/devices/{deviceId}/activation-token':
    (world) => async (call) => {
      const env = await findEnv(world, call);
      if (isRefusal(env)) return env;
      const device = await findDevice(world, env, call.params.deviceId ?? '');
      if (isRefusal(device)) return device;
      const issued = await issueActivation(world)({
        organization: env.app.organization,
        name: device.thing.name,
        allowReactivation: call.body.allow_reactivation ?? false,
        ...repeatableBy(call),
      });
      if (isRefusal(issued)) return issued;
      return { body: { token: issued.token, expires_at: time(issued.expiresAt) } };
    },
};
