// Our own OpenAPI document: checked in as it is served, and complete.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contract } from '#dialects/heat/contract';
import { givenHeat } from './given.ts';

const file = 'docs/openapi/heat.json';
const checkedIn = () => JSON.parse(readFileSync(join(import.meta.dirname, '../../..', file), 'utf8'));

describe('our OpenAPI document', () => {
  it('is checked in as it is served to anybody', async () => {
    const { anybody } = await givenHeat();
    expect(
      checkedIn(),
      `${file} is not what the contract makes: run \`npm run docs\` and commit it.`,
    ).toEqual((await anybody('GET /v1/openapi.json')).body);
  });

  it('has every route of the contract, and no other', () => {
    const routes = Object.entries<Record<string, unknown>>(checkedIn().paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.sort()).toEqual(Object.keys(contract).sort());
  });
});
