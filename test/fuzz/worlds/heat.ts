// Two projects in Heat’s words, and what its fuzz and its authorization need to know of them.
import * as z from 'zod';
import { heat } from '#dialects/heat/dialect';
import { fault } from '#dialects/heat/objects';
import { type Ask, smallSystem } from '#test/support/small-system';
import type { Subject } from '../fuzz.ts';
import { givenKeys, listening, neighbours, onlyIn, ours, secretsOf } from '../given.ts';
import type { Request } from '../requests.ts';

const base = 'https://api.example';

const keystoneError = z.strictObject({
  error: z.strictObject({ code: z.number(), title: z.string(), message: z.string() }),
});

/** One of each, and some to spare. */
const fill = async (ask: Ask, of: string) => {
  const { does, heard } = listening(ask);
  const at = `/v1/${of}`;
  const config = async (name: string): Promise<string> =>
    (
      await does(`POST ${at}/software_configs`, {
        name: `${name} of ${of}`,
        group: 'script',
        config: `echo ${of}`,
        inputs: [{ name: 'who', default: `somebody of ${of}` }],
        outputs: [{ name: 'said' }],
      })
    ).software_config.id;
  const [used, spare] = [await config('used'), await config('spare')];
  const server = `server-of-${of}`;
  const deployment = async (): Promise<string> =>
    (
      await does(`POST ${at}/software_deployments`, {
        config_id: used,
        server_id: server,
        action: 'CREATE',
        status: 'IN_PROGRESS',
        input_values: { who: `me of ${of}` },
      })
    ).software_deployment.id;
  const deployments = [await deployment(), await deployment()];
  const queryOf = (url: string): string => url.slice(url.indexOf('?') + 1);
  const signals = await Promise.all(
    deployments.map(async (id) => ({
      params: { tenant_id: of, id },
      query: queryOf((await does(`GET ${at}/deployments/${id}/signal_url`)).url),
    })),
  );
  const metadata = {
    params: { tenant_id: of, server_id: server },
    query: queryOf((await does(`GET ${at}/servers/${server}/metadata_url`)).url),
  };
  return { used, spare, server, deployments, signals, metadata, heard };
};

const given = async () => {
  const system = smallSystem();
  const keys = await givenKeys(system);
  const clientOf = (key: string) => system.clientOf(heat, { 'x-auth-token': key, host: base });
  const our = await fill(clientOf(keys.own), ours);
  const their = await fill(clientOf(keys.foreign), neighbours);
  const keyId = keys.own.split('_').slice(0, -1).join('_');
  const credential = { id: keyId, secret: keys.own.split('_').at(-1) };
  const together: Record<string, readonly Partial<Request>[]> = {
    'POST /v1/{tenant_id}/deployments/{id}/signal': our.signals,
    'PUT /v1/{tenant_id}/deployments/{id}/signal': our.signals,
    'GET /v1/{tenant_id}/servers/{server_id}/metadata': [our.metadata],
    'HEAD /v1/{tenant_id}/servers/{server_id}/metadata': [our.metadata],
  };
  return {
    system,
    keys,
    together,
    theirs: onlyIn(their.heard, our.heard),
    ours: onlyIn(our.heard, their.heard),
    secrets: secretsOf(keys),
    known: {
      tenant_id: [ours],
      server_id: [our.server, 'another-server'],
      'software_configs.id': [our.used, our.spare, our.spare],
      'software_deployments.id': our.deployments,
      'deployments.id': our.deployments,
      config_id: [our.used, our.spare],
      inputs: [[], [{ name: 'more', type: 'Number', default: 7 }], null],
      outputs: [[], [{ name: 'result', error_output: true }], null],
      application_credential: [credential],
      marker: [our.used],
      stack_user_project_id: [ours],
    },
  };
};

export const heatSubject: Subject = {
  dialect: heat,
  no: z.union([fault.strict(), keystoneError]),
  foreignStatus: 403,
  organizationParam: 'tenant_id',
  headersFor: (key): Record<string, string> => ({
    'content-type': 'application/json',
    ...(key === '' || key === undefined ? {} : { 'x-auth-token': key }),
  }),
  given,
};
