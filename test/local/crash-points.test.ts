// Functions that die on the whole local cloud: instead of each call that they make to AWS in turn, and instead of each answer. To die
// after a call is to die instead of the next one. The client asks again, SQS and the sweeper bring back the rest.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '#infra/local/cloud';
import { type Ground, groundOf } from '#infra/local/drills/ground';
import { testChance } from '#test/support/clock';
import { isWhole, shareOf } from '#test/support/share';
import { type GivenStory, type Json, type Story, stories } from './crash-points/stories.ts';

/** `CRASH_POINTS=all` is every point and pairs of them; every run of the tests has a share. */
const pairs = isWhole ? 20 : 0;
const minutesMs = 60_000;
/** More than this is not slow but stuck. */
const stuckAfter = 15;

const directory = mkdtempSync(join(tmpdir(), 'shadowcast-test-'));
let cloud: LocalCloud;
let ground: Ground;

beforeAll(async () => {
  cloud = await startLocalCloud({ directory, dynamodbLocal: inject('dynamodbEndpoint') });
  ground = groundOf(cloud);
});
afterAll(async () => {
  ground.close();
  await cloud.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A look changes nothing, and how often somebody looks is chance: the door may live through that. */
let looking = 0;

const clientOf =
  (story: Story) =>
  async (request: string, body?: object, headers: Record<string, string> = {}): Promise<Json> => {
    const [method = '', path = ''] = request.split(' ');
    const url = `${cloud.config.url}${story.base(cloud.config.organization)}${path}`;
    for (let tries = 0; ; tries += 1) {
      if (method === 'GET') looking += 1;
      const answer = await fetch(url, {
        method,
        headers: {
          ...story.headers(cloud.config.apiKey),
          'content-type': 'application/json',
          accept: 'application/json',
          ...headers,
        },
        body: body === undefined ? null : JSON.stringify(body),
      }).finally(() => {
        if (method === 'GET') looking -= 1;
      });
      const text = await answer.text();
      if (answer.ok) return text === '' ? null : JSON.parse(text);
      // As a client does who does not know what has become of it.
      if (answer.status < 500 || tries > 4) throw new Error(`${request}: ${answer.status} ${text}`);
    }
  };

let runs = 0;

/** Dies at each of these, counted from the first call of the scenario. */
const live = async (story: Story, deaths: readonly number[]) => {
  runs += 1;
  const ask = clientOf(story);
  const prepared = await story.prepare({ ground, ask, name: `crash-${runs}` });
  await quiet();
  const made: string[] = [];
  const died: string[] = [];
  let sweeps = 0;
  const undo = ground.control.crash((functionName, at) => {
    if (looking > 0 && functionName.includes('-api-')) return false;
    const said = `${functionName} ${at}`;
    made.push(said);
    const dies = deaths.includes(made.length);
    if (dies) died.push(`call ${made.length}, ${said}`);
    return dies;
  });
  const until: GivenStory['until'] = async (what, isDone) => {
    for (let still = 0; !(await isDone()); ) {
      const before = made.length;
      await pause(25);
      // A thread that begins anew makes no calls for a while: nobody is hurried by the clock while something is under way.
      await ground.control.functions.settle();
      still = before === made.length && isQuiet() ? still + 1 : 0;
      if (still < 20) continue;
      if (sweeps === stuckAfter) throw new Error(`Not ${what} after ${sweeps} sweeps; died at ${died}`);
      sweeps += 1;
      still = 0;
      await ground.control.passMinute();
    }
  };
  try {
    const verdict = await story.run(prepared, { ground, ask, until, name: `crash-${runs}` });
    return { verdict, made, died, sweeps };
  } catch (cause) {
    throw new Error(`${story.name}: died at ${died.join('; ')} of ${made.join(', ')}`, { cause });
  } finally {
    undo();
  }
};

const isQuiet = (): boolean =>
  ground.control.queues.depths().every(({ name, visible }) => visible === 0 || name.includes('dead-letters'));

const quiet = (): Promise<void> => ground.until('quiet', isQuiet);

/** One of them in every run, another one each time; or each. */
const deathsOf = (calls: number): number[] =>
  shareOf(
    Array.from({ length: calls }, (_, at) => at + 1),
    calls,
  );

const pairsOf = (name: string, calls: number): [number, number][] => {
  const chance = testChance(name);
  const draw = (): number => 1 + ((chance.bytes(1)[0] ?? 0) % calls);
  return Array.from({ length: pairs }, () => [draw(), draw()]);
};

describe.each(stories)('$name', (story) => {
  it('comes to the same, whatever dies', { timeout: 30 * minutesMs }, async () => {
    const whole = await live(story, []);
    expect(whole).toMatchObject({ verdict: story.expected, died: [] });
    const dyingAt = async (call: number): Promise<number> => {
      const { verdict, sweeps, died } = await live(story, [call]);
      expect(verdict, died.join()).toEqual(story.expected);
      expect(sweeps, died.join()).toBeLessThanOrEqual(story.sweepsMax);
      return died.length;
    };
    let deaths = 0;
    for (const call of deathsOf(whole.made.length)) deaths += await dyingAt(call);
    // A run may be shorter than the one that was counted, and its last calls not be there to die at; the first one always is.
    if (deaths === 0) deaths = await dyingAt(1);
    expect(deaths).toBeGreaterThan(0);
    for (const pair of pairsOf(story.name, whole.made.length)) {
      const { verdict, died } = await live(story, pair);
      expect(verdict, died.join(', ')).toEqual(story.expected);
    }
  });
});
