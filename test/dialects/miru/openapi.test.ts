// Our own OpenAPI document: checked in as it is served, and complete.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contract } from '#dialects/miru/contract';
import { document } from '#dialects/miru/document';
import { smallSystem } from '#test/support/small-system';
import { checkedClient } from './published/client.ts';

const file = 'docs/openapi/miru.json';
const checkedIn = () => JSON.parse(readFileSync(join(import.meta.dirname, '../../..', file), 'utf8'));

/** As JSON has it: what is undefined is absent. */
const made = () => JSON.parse(JSON.stringify(document()));

describe('our OpenAPI document', () => {
  it('is checked in as the contract makes it', () => {
    expect(
      checkedIn(),
      `${file} is not what the contract makes: run \`npm run docs\` and commit it.`,
    ).toEqual(made());
  });

  it('is served to anybody, as it is checked in', async () => {
    const { ask } = checkedClient(smallSystem(), {});
    expect((await ask('GET /beta/openapi.json')).body).toEqual(checkedIn());
  });

  it('has every route of the contract, and no other', () => {
    const routes = Object.entries<Record<string, unknown>>(made().paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} /beta${path}`),
    );
    const ours = Object.keys(contract).filter((route) => route.includes(' /beta/'));
    expect(routes.sort()).toEqual(ours.sort());
  });
});

describe('the reference page', () => {
  it('is served to anybody, and has a section for every operation', async () => {
    const { ask } = checkedClient(smallSystem(), {});
    const { status, headers, raw } = await ask('GET /docs');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const sections = [...String(raw).matchAll(/<h2><b>(\w+)<\/b> <code>([^<]+)<\/code>/g)];
    const told = sections.map(([, method, path]) => `${method} ${path}`);
    expect(told.sort()).toEqual(
      Object.keys(contract)
        .filter((route) => route.includes(' /beta/'))
        .sort(),
    );
    expect(String(raw)).not.toContain('<script');
  });
});
