// Given, for stories told in Heat's words: tenants with tokens, configs, deployments, and a server that runs them.
import type { Result } from '#device/result';
import { run, runPath } from '#device/result';
import { manifest, type RunTarget, runTarget } from '#device/shadow';
import { heat } from '#dialects/heat/dialect';
import { takeReport } from '#engine/take-report';
import { takeResult } from '#engine/take-result';
import { type Answer, type Ask, type SmallSystem, smallSystem } from '#test/support/small-system';

export const json = { 'content-type': 'application/json', accept: 'application/json' };

export const base = 'https://heat.example';

const channel = 'software';

type Pointer = RunTarget['run'][number];

export const givenHeat = async (tenant = 'demo', system: SmallSystem = smallSystem()) => {
  const { world } = system;

  /** A client of a tenant; its requests name paths below the tenant: `ask('GET /software_configs')`. */
  const clientFor = async (of: string, ...scopes: string[]): Promise<Ask & { key: string }> => {
    const key = await system.newKey(of, ...scopes);
    const ask = system.clientOf(heat, { ...json, 'x-auth-token': key, host: 'heat.example' });
    const below: Ask = (request, body, headers) => ask(request.replace(' /', ` /v1/${of}/`), body, headers);
    return Object.assign(below, { key });
  };

  const ask = await clientFor(tenant);
  /** Whole paths, no token. */
  const anybody = system.clientOf(heat, { host: 'heat.example' });

  const good = async (answer: Promise<Answer>): Promise<Answer> => {
    const { status, ...rest } = await answer;
    if (status >= 400) throw new Error(`${status} ${rest.raw}`);
    return { status, ...rest };
  };

  const config = async (over: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    const body = { name: 'cfg', group: 'script', config: '#!/bin/sh\necho hello\n', ...over };
    return (await good(ask('POST /software_configs', body))).body.software_config.id;
  };

  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  const deployment = async (over: Readonly<Record<string, unknown>> = {}): Promise<any> => {
    const body = {
      config_id: over.config_id ?? (await config()),
      server_id: 'srv1',
      action: 'CREATE',
      status: 'IN_PROGRESS',
      ...over,
    };
    return (await good(ask('POST /software_deployments', body))).body.software_deployment;
  };

  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  const show = async (id: string): Promise<any> =>
    (await good(ask(`GET /software_deployments/${id}`))).body.software_deployment;

  /** The part of a URL that a request names. */
  const pathOf = (url: string): string => url.slice(base.length);

  const signalUrl = async (id: string): Promise<string> =>
    pathOf((await good(ask(`GET /deployments/${id}/signal_url`))).body.url);

  /** The name of the thing that a server has become. */
  const activate = async (server = 'srv1'): Promise<string> => {
    const { token } = (await good(ask(`POST /servers/${server}/activation_token`))).body;
    return token.slice('sat_'.length, 'sat_'.length + 16);
  };

  /** What the server's shadow tells it to run. */
  const told = async (thing: string) => {
    await system.carryOutAll();
    return runTarget.parse(system.shadows.stateOf(thing, channel)?.target).run;
  };

  /** The content of a run, as the server fetches it. */
  const fetched = async (digest: string) => {
    const text = async (of: string) =>
      Buffer.from((await world.contents.get(tenant, of)) ?? new Uint8Array()).toString();
    const { items } = manifest.parse(JSON.parse(await text(digest)));
    const [item] = items;
    if (item?.path !== runPath) throw new Error(`The manifest holds ${item?.path}.`);
    return run.parse(JSON.parse(await text(item.digest)));
  };

  /** The server has run the first that it is told of, or what it was told of before, and says how it went. */
  const finish = async (thing: string, over: Partial<Result> = {}, pointer?: Pointer): Promise<boolean> => {
    const [first = pointer] = pointer === undefined ? await told(thing) : [pointer];
    if (first === undefined) throw new Error('There is nothing to run.');
    return takeResult(world)(thing, {
      v: 1,
      ...first,
      outputs: {},
      stdout: 'hello\n',
      stderr: '',
      status_code: 0,
      trimmed: [],
      started_at: '2026-01-01T00:00:01.000Z',
      finished_at: '2026-01-01T00:00:02.000Z',
      ...over,
    });
  };

  const reportApplying = async (thing: string): Promise<boolean> => {
    const [first] = await told(thing);
    if (first === undefined) throw new Error('There is nothing to run.');
    const { seq, deployment: id, manifest: digest } = first;
    return takeReport(world)(
      { thing, channel },
      { v: 1, seq, deployment: id, manifest: digest, state: 'applying', attempt: 1, error: null },
    );
  };

  return {
    system,
    world,
    tenant,
    ask,
    anybody,
    clientFor,
    config,
    deployment,
    show,
    pathOf,
    signalUrl,
    activate,
    told,
    fetched,
    finish,
    reportApplying,
  };
};
