// The contract: every operation of Humanitec's that we say we have, and our own document of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Route } from '#dialects/contract';
import { contract } from '#dialects/humanitec/contract';
import { humanitec } from '#dialects/humanitec/dialect';
import { document } from '#dialects/humanitec/document';
import { smallSystem } from '#test/support/small-system';
import { isPublished } from './published/published.ts';

const file = 'docs/openapi/humanitec.json';
const checkedIn = () => JSON.parse(readFileSync(join(import.meta.dirname, '../../..', file), 'utf8'));

describe('the contract', () => {
  it('has nothing that Humanitec has not, but its own document, fleets, and the paths of older clients', () => {
    const own = Object.keys(contract).filter((route) => !isPublished(route));
    const env = '/orgs/{orgId}/apps/{appId}/envs/{envId}';
    const fleets = [
      `POST ${env}/deploys/{deployId}/pause`,
      `POST ${env}/deploys/{deployId}/resume`,
      `POST ${env}/deploys/{deployId}/cancel`,
      `GET ${env}/deploys/{deployId}/why`,
      `GET ${env}/deploys/{deployId}/devices`,
      `GET ${env}/devices`,
      `PUT ${env}/devices/{deviceId}`,
      `GET ${env}/devices/{deviceId}`,
      `DELETE ${env}/devices/{deviceId}`,
      `POST ${env}/devices/{deviceId}/activation-token`,
    ];
    expect(own.filter((route) => !fleets.includes(route))).toEqual([
      'GET /orgs/openapi.json',
      'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}/archived',
      'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}/env_id',
      'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}/name',
    ]);
    expect(fleets.filter((route) => !own.includes(route))).toEqual([]);
  });

  it('has an operation for every route', () => {
    expect(Object.keys(humanitec.operations).sort()).toEqual(Object.keys(contract).sort());
  });
});

describe('our OpenAPI document', () => {
  it('is checked in as the contract makes it', () => {
    const made = JSON.parse(JSON.stringify(document()));
    expect(
      checkedIn(),
      `${file} is not what the contract makes: run \`npm run docs\` and commit it.`,
    ).toEqual(made);
  });

  it('is served to anybody, as it is checked in', async () => {
    const ask = smallSystem().clientOf(humanitec, {});
    expect((await ask('GET /orgs/openapi.json')).body).toEqual(checkedIn());
  });

  it('says the status of every success', () => {
    const statuses = Object.entries<Route>(contract).map(([route, { status = 200 }]) => {
      const [method = '', path = ''] = route.split(' ');
      return [
        route,
        Object.keys(checkedIn().paths[path][method.toLowerCase()].responses).includes(String(status)),
      ];
    });
    expect(statuses.filter(([, isSaid]) => !isSaid)).toEqual([]);
  });
});
