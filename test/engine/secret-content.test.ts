// Content with secrets in it: kept as a template, put together when it is fetched, and gone when one of its secrets is.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { memoryCatalog } from '#adapters/memory/catalog';
import { memoryContents } from '#adapters/memory/contents';
import type { Digest } from '#domain/deployment';
import { digestOf } from '#engine/seal';
import {
  type Part,
  renderTemplate,
  type Secret,
  type SecretRef,
  saltBytes,
  sealSecretContent,
} from '#engine/secret-content';

const organization = 'acme';
const refTo = (id: string, kind = 'secrets@shop'): SecretRef => ({ kind, id });

const given = () => {
  const contents = memoryContents();
  const catalog = memoryCatalog();
  const put = contents.put;
  const stored: string[] = [];
  const world = {
    contents: {
      ...contents,
      put: async (...args: Parameters<typeof put>) => {
        stored.push(Buffer.from(args[2]).toString());
        await put(...args);
      },
    },
    catalog,
  };
  const secrets = new Map<string, Secret>();
  const entryOf = ({ kind, id }: SecretRef, body: object) => ({
    kind,
    id,
    organization,
    createdAt: 0,
    updatedAt: 0,
    version: 1,
    body: { ...body },
    unique: {},
  });
  const keep = async (ref: SecretRef, text: string, salt = `salt of ${ref.id}`): Promise<SecretRef> => {
    secrets.set(ref.id, { text, salt });
    await catalog.save(entryOf(ref, { text, salt }));
    return ref;
  };
  const destroy = (ref: SecretRef) => catalog.remove(entryOf(ref, {}));
  const seal = (...parts: Part[]) =>
    sealSecretContent(world.contents, organization, parts, ({ id }) => secrets.get(id));
  const render = (template: Digest) => renderTemplate(world)(organization, template);
  const sealed = async (...parts: Part[]) => {
    const found = await seal(...parts);
    if (found === undefined) throw new Error('It was not sealed.');
    return found;
  };
  return { world, stored, keep, destroy, seal, sealed, render, entryOf };
};

const textOf = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && Buffer.from(bytes.subarray(saltBytes)).toString();

describe('content with secrets', () => {
  it.each([
    ['plain', 'swordfish'],
    ['of no letters', ''],
    ['that would break out of its string', '","admin":true,"x":"'],
    ['of many lines', 'one\r\ntwo\\n\tthree\u0000'],
    ['that looks like a placeholder', `\${values.OTHER} $\\{values.OTHER}`],
    ['beyond ASCII', 'ü \u{1f600} \u2028'],
    ['of half a character', 'half \ud800'],
  ])('is JSON with a text %s in it', async (_name, text) => {
    const { keep, sealed, render } = given();
    const ref = await keep(refTo('a'), text);
    const { template } = await sealed('{"password":"<', ref, '>","again":"', ref, '"}');
    expect(JSON.parse(textOf(await render(template)) ?? '')).toEqual({ password: `<${text}>`, again: text });
  });

  it('is rendered to the very bytes that were sealed, salt first', async () => {
    const { keep, sealed, render } = given();
    const { digest, size, salt, template } = await sealed('"', await keep(refTo('a'), 'x'), '"');
    const bytes = (await render(template)) ?? new Uint8Array();
    expect([digestOf(bytes), bytes.length, salt]).toEqual([digest, size, 32]);
    expect(textOf(bytes)).toBe('"x"');
  });

  it('has salt that follows from its template and from the salts of its secrets, in their order', async () => {
    const { keep, sealed, render } = given();
    const [a, b] = [await keep(refTo('a'), 'x', 'one'), await keep(refTo('b', 'secrets@env'), 'y', 'two')];
    const { template } = await sealed('["', a, '","', b, '"]');
    const expected = createHash('sha256')
      .update(JSON.stringify([template, 'one', 'two']))
      .digest('hex');
    expect(Buffer.from((await render(template))?.subarray(0, 32) ?? '').toString('hex')).toBe(expected);
  });

  it('is sealed the same when it is sealed again, and otherwise where a secret has another salt', async () => {
    const { keep, sealed } = given();
    const [a, b] = [await keep(refTo('a'), 'x', 'one'), await keep(refTo('b'), 'x', 'two')];
    expect(await sealed('"', a, '"')).toEqual(await sealed('"', a, '"'));
    expect((await sealed('"', a, '"')).digest).not.toBe((await sealed('"', b, '"')).digest);
  });

  it('is stored as its template alone', async () => {
    const { keep, sealed, stored } = given();
    const { template } = await sealed('"', await keep(refTo('a'), 'swordfish', 'pepper'), '"');
    expect(stored.map(digestOf)).toEqual([template]);
    expect(JSON.parse(stored[0] ?? '')).toEqual({ v: 1, parts: ['"', refTo('a'), '"'] });
  });

  it('with a secret from before there were salts is rendered too', async () => {
    const { world, sealed, keep, destroy, render, entryOf } = given();
    const ref = await keep(refTo('old'), 'x', '');
    await destroy(ref);
    await world.catalog.save(entryOf(ref, { text: 'x' }));
    const { digest, template } = await sealed('"', ref, '"');
    expect(digestOf((await render(template)) ?? '')).toBe(digest);
  });
});

describe('content whose secret was destroyed', () => {
  it('is not rendered any more, also where only one of several is gone', async () => {
    const { keep, destroy, sealed, render } = given();
    const [a, b] = [await keep(refTo('a'), 'x'), await keep(refTo('b'), 'y')];
    const { template } = await sealed('["', a, '","', b, '"]');
    await destroy(b);
    expect(await render(template)).toBe(undefined);
  });

  it('is not sealed, and nothing is stored for it', async () => {
    const { seal, stored } = given();
    expect(await seal('"', refTo('never there'), '"')).toBe(undefined);
    expect(stored).toEqual([]);
  });
});

describe('what is no template', () => {
  it('is a fault that names it: one that is missing, and one of another version', async () => {
    const { world, render } = given();
    const text = JSON.stringify({ v: 2, parts: [] });
    await world.contents.put(organization, digestOf(text), Buffer.from(text));
    await expect(render(digestOf(text))).rejects.toThrow(`${digestOf(text)} of acme is of version 2`);
    await expect(render(digestOf('x'))).rejects.toThrow(`Template ${digestOf('x')} of acme is missing`);
  });

  it('does not tell a body that holds no secret', async () => {
    const { world, keep, sealed, render, destroy, entryOf } = given();
    const ref = await keep(refTo('a'), 'x');
    const { template } = await sealed('"', ref, '"');
    await destroy(ref);
    await world.catalog.save(entryOf(ref, { text: ['swordfish'] }));
    const failed = await render(template).catch(String);
    expect(failed).toContain('The entry a of secrets@shop holds no secret.');
    expect(failed).not.toContain('swordfish');
  });
});
