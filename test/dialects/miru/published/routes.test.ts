// Every operation, scope, parameter and way of writing a list that the published document has, our contract has too.
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Route } from '#dialects/contract';
import { contract } from '#dialects/miru/contract';
import { parseQuery } from '#dialects/query';
import { smallSystem } from '#test/support/small-system';
import { checkedClient, keyHeaders } from './client.ts';
import { operations, type PublishedOperation, type QueryParameter } from './published.ts';

const everyScope = [...new Set(operations.flatMap(({ scopes, scopesIf }) => [...scopes, ...scopesIf]))];

const routeOf = ({ route }: PublishedOperation): Route | undefined =>
  Object.entries(contract).find(([key]) => key === route)?.[1];

it('the document has thirty operations and eighteen scopes: none was lost in reading it', () => {
  expect([operations.length, everyScope.length]).toEqual([30, 18]);
});

describe.each(operations.map((operation) => [operation.id, operation] as const))('%s', (_, operation) => {
  it('has a route with the published scopes', () => {
    expect(routeOf(operation)?.scopes).toEqual(operation.scopes);
  });

  it('takes a body, or answers bytes, where the document does', () => {
    const route = routeOf(operation);
    expect([route?.body !== undefined, route?.answer !== undefined]).toEqual([
      operation.hasBody,
      operation.answer !== undefined,
    ]);
  });
});

const withId = (route: string): string => route.replace('{id}', 'nobody_0');

describe('a key', () => {
  const scoped = operations.flatMap((operation) =>
    operation.scopes.map((scope) => [operation.id, scope, operation] as const),
  );

  const statusWith = async ({ route, hasBody }: PublishedOperation, scopes: readonly string[]) => {
    const system = smallSystem();
    const { ask } = checkedClient(system, await keyHeaders(system, 'acme', ...scopes));
    return ask(withId(route), hasBody ? {} : undefined);
  };

  it.each(scoped)(
    'for everything but %s’s %s is refused, and told that scope',
    async (_id, scope, operation) => {
      const { status, body } = await statusWith(
        operation,
        everyScope.filter((other) => other !== scope),
      );
      expect([status, body.error.code, body.error.params]).toEqual([403, 'missing_scope', { scope }]);
    },
  );

  it.each(scoped)('for nothing but %s’s %s is let in', async (_id, scope, operation) => {
    expect((await statusWith(operation, [scope])).status).not.toBe(403);
  });

  it.each([
    ['staged', 'deployments:stage'],
    ['deployed', 'deployments:deploy'],
  ])('that creates what shall be %s needs %s beside deployments:write', async (target_status, scope) => {
    const body = { target_status, description: '', release_id: 'r', device_id: 'd', config_instance_ids: [] };
    const system = smallSystem();
    const others = everyScope.filter((other) => other !== scope);
    const without = checkedClient(system, await keyHeaders(system, 'acme', ...others));
    const refused = await without.ask('POST /beta/deployments', body);
    expect([refused.status, refused.body.error.params]).toEqual([403, { scope }]);
    const having = checkedClient(system, await keyHeaders(system, 'acme', 'deployments:write', scope));
    expect((await having.ask('POST /beta/deployments', body)).status).toBe(404);
  });
});

// ---- queries

const parameters = operations.flatMap((operation) =>
  operation.query.map((parameter) => [operation.id, parameter.name, operation, parameter] as const),
);

const understood = (operation: PublishedOperation, query: string): Record<string, unknown> => {
  const parsed = routeOf(operation)?.query?.parse(parseQuery(query));
  return z.record(z.string(), z.unknown()).parse(parsed);
};

/** Values of text that no filter has as its default. */
const texts = ['first', 'second'];

const samples: Readonly<Record<string, readonly string[]>> = {
  limit: ['1', '37', '100'],
  offset: ['1', '37'],
};

const valuesOf = ({ name, values }: QueryParameter): readonly string[] => samples[name] ?? values ?? texts;

it('the document has sixty-one query parameters: none was lost in reading it', () => {
  expect(parameters).toHaveLength(61);
});

describe.each(parameters)('%s?%s', (_id, name, operation, parameter) => {
  it.each(valuesOf(parameter))('understands %s', (value) => {
    const read = understood(operation, `${name}=${value}`)[name];
    expect([read].flat().map(String)).toEqual([value]);
  });
});

const encodings: Readonly<Record<string, (name: string, values: readonly string[]) => string>> = {
  commas: (name, values) => `${name}=${values.join(',')}`,
  'escaped commas': (name, values) => `${name}=${values.join('%2C')}`,
  pipes: (name, values) => `${name}=${values.join('|')}`,
  'escaped pipes': (name, values) => `${name}=${values.join('%7C')}`,
  repetition: (name, values) => values.map((value) => `${name}=${value}`).join('&'),
  brackets: (name, values) => values.map((value) => `${name}[]=${value}`).join('&'),
  'escaped brackets': (name, values) => values.map((value) => `${name}%5B%5D=${value}`).join('&'),
};

const arrays = parameters.filter(([, , , { isArray, values }]) => isArray && (values ?? texts).length > 1);
const [orders, lists] = [true, false].map((isOrder) =>
  arrays.filter(([, name]) => (name === 'order_by') === isOrder),
);

describe.each(Object.entries(encodings))('a list written with %s', (_encoding, write) => {
  it.each(lists ?? [])('is understood by %s?%s', (_id, name, operation, parameter) => {
    const values = valuesOf(parameter);
    expect(understood(operation, write(name, values))[name]).toEqual(values);
  });

  // What comes after the first order decides between equals only; whether it is kept is ours.
  it.each(orders ?? [])('is understood by %s?%s, the first before the others', (_id, name, operation) => {
    const [first] = [understood(operation, write(name, ['id:asc', 'created_at:desc']))[name]].flat();
    expect(first).toBe('id:asc');
  });
});
