// The three operations of the devices API that a device's owner uses to bring it in: find, create, and ask for an activation token.
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { PlainError } from './plain-error.ts';

export interface Platform {
  /** The device's id; it is created if there is none of this name. */
  deviceNamed(name: string): Promise<string>;
  activationToken(deviceId: string): Promise<string>;
}

const version = '2026-03-09.tetons';
const timeoutMs = 30_000;
const triesMax = 5;
const betweenTriesMs = 1000;

const device = z.object({ id: z.string(), name: z.string() });
const deviceList = z.object({ data: z.array(device) });
const issuedToken = z.object({ token: z.string() });

const conflict = 409;
/** A busy cloud is asked again; everything else is an answer. */
const isBusy = (status: number): boolean => status === 429 || status >= 500;
const isForbidden = (status: number): boolean => status === 401 || status === 403;

const refusal = (route: string, status: number, body: string): PlainError =>
  isForbidden(status)
    ? new PlainError(
        `The cloud does not accept the API key for ${route} (${status}: ${body}): make one with "npm run keys -- create" that has the scopes devices:read, devices:write and devices:provision, and pass it with --api-key.`,
      )
    : new PlainError(`The cloud answered ${route} with ${status}: ${body}`);

export const platformAt = (url: string, apiKey: string, signal: AbortSignal): Platform => {
  const base = url.replace(/\/$/, '');
  const headers = { 'x-api-key': apiKey, 'miru-version': version, 'content-type': 'application/json' };

  const ask = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const init = { method, headers, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) };
    try {
      return await fetch(
        `${base}${path}`,
        body === undefined ? init : { ...init, body: JSON.stringify(body) },
      );
    } catch (cause) {
      signal.throwIfAborted();
      throw new PlainError(
        `Nobody answers at ${base}: start the local cloud with "npm start", or name another cloud with --url.`,
        { cause },
      );
    }
  };

  /** `taken`: what 409 means to a caller who can live with it. */
  const call = async <Taken = never>(
    method: string,
    path: string,
    body?: unknown,
    taken?: Taken,
  ): Promise<unknown | Taken> => {
    for (let tries = 1; ; tries += 1) {
      const response = await ask(method, path, body);
      if (response.ok) return response.json();
      if (response.status === conflict && taken !== undefined) return taken;
      const text = (await response.text()).slice(0, 300);
      if (!isBusy(response.status) || tries === triesMax)
        throw refusal(`${method} ${path}`, response.status, text);
      await pause(betweenTriesMs * tries, undefined, { signal });
    }
  };

  const find = async (name: string): Promise<string | undefined> => {
    const found = deviceList.parse(await call('GET', `/beta/devices?name=${encodeURIComponent(name)}`));
    // Exactly this one, should the filter be a wider one.
    return found.data.find((each) => each.name === name)?.id;
  };

  const make = async (name: string): Promise<string> => {
    const made = await call('POST', '/beta/devices', { name }, 'taken');
    if (made !== 'taken') return device.parse(made).id;
    // Somebody else has made it in the meantime; or its name is something else's, and then that is what is said.
    return (await find(name)) ?? device.parse(await call('POST', '/beta/devices', { name })).id;
  };

  return {
    deviceNamed: async (name) => (await find(name)) ?? (await make(name)),
    activationToken: async (id) => {
      const path = `/beta/devices/${encodeURIComponent(id)}/activation_token`;
      return issuedToken.parse(await call('POST', path, { allow_reactivation: true })).token;
    },
  };
};
