// The log of an environment: which part of what is known is told, and in which order.
import { describe, expect, it } from 'vitest';
import { app, env, givenApp } from './given.ts';

const logs = `${env}/logs`;

const given = async () => {
  const shop = await givenApp();
  const deploy = async (comment: string) => (await shop.does(`POST ${env}/deploys`, { comment })).id;
  const read = (query = '') => shop.does(`GET ${logs}${query}`);
  /** `+a -a`: what was started and what was over, in the order that was told. */
  const told = async (query = ''): Promise<string> =>
    (await read(query))
      .map(({ payload }: { readonly payload: string }) => `${payload.includes('started') ? '+' : '-'}`)
      .join('');
  return { ...shop, deploy, read, told };
};

describe('the log of an environment', () => {
  it('is empty where nothing was ever deployed', async () => {
    const { read } = await given();
    expect(await read()).toEqual([]);
  });

  it('says who started what and how it ended, the newest first', async () => {
    const { deploy, read } = await given();
    const first = await deploy('one');
    const second = await deploy('');
    const entries = await read();
    expect(entries.map(({ payload }: { readonly payload: string }) => payload)).toEqual([
      `Deployment ${second} has succeeded.`,
      expect.stringMatching(new RegExp(`^Deployment ${second} was started by api_key_[0-9a-z]+$`)),
      `Deployment ${first} has succeeded.`,
      expect.stringMatching(new RegExp(`^Deployment ${first} was started by api_key_[0-9a-z]+: one$`)),
    ]);
    expect(entries[0]).toEqual({
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      level: 'INFO',
      payload: expect.any(String),
      workload_id: '',
      container_id: '',
    });
  });

  it.each([
    ['', '-+-+-+'],
    ['?limit=2', '-+'],
    ['?limit=3', '-+-'],
    ['?asc=true', '+-+-+-'],
    ['?asc=true&limit=3', '+-+'],
    ['?invert=true', '+-+-+-'],
    ['?asc=true&invert=true', '-+-+-+'],
    ['?limit=0', '-'],
    ['?limit=100000', '-+-+-+'],
    ['?workload_id=web', ''],
    ['?container_id=main', ''],
    ['?deployment_id=nonsense', ''],
  ])('with %s tells %s', async (query, expected) => {
    const { deploy, told } = await given();
    for (const comment of ['one', 'two', 'three']) await deploy(comment);
    expect(await told(query)).toBe(expected);
  });

  it('keeps the end of it that was asked for', async () => {
    const { deploy, read } = await given();
    const ids = [await deploy('one'), await deploy('two'), await deploy('three')];
    const first = async (query: string) => (await read(query))[0].payload;
    expect(await first('?limit=1')).toContain(ids[2]);
    expect(await first('?limit=1&asc=true')).toContain(ids[0]);
    expect(await first('?limit=2&asc=true&invert=true')).toBe(`Deployment ${ids[0]} has succeeded.`);
  });

  it('is that of one deployment, or of a time', async () => {
    const { deploy, read, does } = await given();
    const ids = [await deploy('one'), await deploy('two'), await deploy('three')];
    const { created_at: at } = await does(`GET ${env}/deploys/${ids[1]}`);
    const of = async (query: string) =>
      (await read(query)).map(({ payload }: { readonly payload: string }) => payload.split(' ')[1]);
    expect(await of(`?deployment_id=${ids[1]}`)).toEqual([ids[1], ids[1]]);
    expect(await of(`?timestamp_from=${at}`)).toEqual([ids[2], ids[2], ids[1], ids[1]]);
    expect(await of(`?timestamp_to=${at}`)).toEqual([ids[1], ids[1], ids[0], ids[0]]);
    expect(await of(`?timestamp_from=${at}&timestamp_to=${at}`)).toEqual([ids[1], ids[1]]);
    expect(await of('?timestamp_from=2100-01-01T00:00:00%2B02:00')).toEqual([]);
  });

  it('is that of this environment alone', async () => {
    const { deploy, does, read } = await given();
    const id = await deploy('one');
    await does(`POST ${app}/envs`, { id: 'staging', name: 'Staging' });
    expect(await does(`GET ${app}/envs/staging/logs`)).toEqual([]);
    expect(await does(`GET ${app}/envs/staging/logs?deployment_id=${id}`)).toEqual([]);
    expect(await read(`?deployment_id=${id}`)).toHaveLength(2);
  });

  it.each([
    ['?limit=many', 400],
    ['?asc=perhaps', 400],
    ['?timestamp_from=yesterday', 400],
    ['?timestamp_to=2021-13-02T15:01:23Z', 400],
  ])('is not told for %s', async (query, status) => {
    const { ask } = await given();
    expect((await ask(`GET ${logs}${query}`)).status).toBe(status);
  });

  it('of no environment is not found', async () => {
    const { ask } = await given();
    expect((await ask(`GET ${app}/envs/nowhere/logs`)).status).toBe(404);
  });
});
