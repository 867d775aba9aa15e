// The whole system in one process: a dialect's door, the workers and obedient things, over the memory adapters.
import { memoryWorld } from '#adapters/memory/world';
import { type Current, target } from '#device/shadow';
import { answer } from '#dialects/answer';
import type { Dialect } from '#dialects/dialect';
import type { Channel } from '#domain/channel';
import { carryOut } from '#engine/carry-out';
import { authenticate, createKey } from '#engine/keys';
import type { World } from '#engine/ports';
import { sweepOverdue } from '#engine/sweep-overdue';
import { takeReport } from '#engine/take-report';
import { testChance, testClock } from './clock.ts';
import { matchRoute } from './route.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  readonly body: any;
  readonly raw: string | Uint8Array;
}

export type Ask = (
  request: string,
  body?: unknown,
  headers?: Readonly<Record<string, string | undefined>>,
) => Promise<Answer>;

const bodyBytes = (body: unknown): Uint8Array => {
  if (body === undefined) return new Uint8Array();
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
};

const parsed = (raw: string | Uint8Array): unknown => {
  try {
    return JSON.parse(typeof raw === 'string' ? raw : Buffer.from(raw).toString());
  } catch {
    return undefined;
  }
};

/** `over` puts other adapters into its world. */
export const smallSystem = (over: (world: World) => World = (world) => world) => {
  const clock = testClock();
  const memory = memoryWorld({ clock, chance: testChance() });
  const world = over(memory.world);
  let requests = 0;

  /** Asks a dialect as a client would: `ask('POST /beta/devices', { name })`. */
  const clientOf = (dialect: Dialect, defaults: Readonly<Record<string, string>>): Ask => {
    const door = answer(dialect, world, authenticate(world));
    return async (request, body, headers = {}) => {
      requests += 1;
      const [method = '', url = ''] = request.split(' ');
      const [path = '', query = ''] = url.split('?');
      const { response } = await door({
        requestId: `request-${requests}`,
        method,
        path,
        query,
        ...matchRoute(Object.keys(dialect.contract), method, path),
        headers: { ...defaults, ...headers },
        body: bodyBytes(body),
      });
      return { ...response, body: parsed(response.body), raw: response.body };
    };
  };

  const newKey = async (organization: string, ...scopes: string[]): Promise<string> =>
    (await createKey(world)({ organization, scopes: scopes.length === 0 ? ['*'] : scopes })).key;

  /** Takes everything that waits in the queue to the shadows. */
  const carryOutAll = async (): Promise<number> => {
    let carried = 0;
    for (let next = memory.transitions.take(); next !== undefined; next = memory.transitions.take()) {
      await carryOut(world)(next.slot);
      carried += 1;
    }
    return carried;
  };

  const targetOf = (thing: string, channel: Channel = 'release') =>
    target.parse(memory.shadows.stateOf(thing, channel)?.target);

  /** What a thing says of the target that its shadow shows. */
  const wordOf = (thing: string, word: Partial<Current> = {}, channel: Channel = 'release'): Current => {
    const { seq, deployment, manifest, items } = targetOf(thing, channel);
    const state = items?.length === 0 ? 'removed' : 'applied';
    return { v: 1, seq, deployment, manifest, state, attempt: 1, error: null, ...word };
  };

  const report = async (
    thing: string,
    word: Partial<Current> = {},
    channel: Channel = 'release',
  ): Promise<boolean> => {
    const current = wordOf(thing, word, channel);
    memory.shadows.report(thing, channel, current);
    return takeReport(world)({ thing, channel }, current);
  };

  /** Carried out, applied and reported. */
  const settle = async (thing: string): Promise<void> => {
    await carryOutAll();
    await report(thing);
  };

  return {
    ...memory,
    world,
    clock,
    clientOf,
    newKey,
    carryOutAll,
    targetOf,
    wordOf,
    report,
    settle,
    sweep: sweepOverdue(world),
  };
};

export type SmallSystem = ReturnType<typeof smallSystem>;
