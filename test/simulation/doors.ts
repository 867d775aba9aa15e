// The doors of three dialects, for clients who ask again under the same idempotency key until they are answered.
import { answer } from '#dialects/answer';
import type { Authenticate, Dialect } from '#dialects/dialect';
import { heat } from '#dialects/heat/dialect';
import { humanitec } from '#dialects/humanitec/dialect';
import { miru } from '#dialects/miru/dialect';
import { authenticate, createKey } from '#engine/keys';
import type { World } from '#engine/ports';
import type { Dice } from '#test/model/random';
import { matchRoute } from '#test/support/route';
import { type Badness, badWorld } from './bad-world.ts';
import { minute, odds, second } from './plan.ts';

export type DialectName = 'miru' | 'heat' | 'humanitec';

export interface Told {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: clients look into answers of every shape
  readonly body: any;
}

const dialects: Readonly<Record<DialectName, Dialect>> = { miru, heat, humanitec };

const headersOf: Readonly<Record<DialectName, (key: string) => Readonly<Record<string, string>>>> = {
  miru: (key) => ({ 'x-api-key': key, 'miru-version': '2026-03-09.tetons' }),
  heat: (key) => ({
    'x-auth-token': key,
    host: 'heat.example',
    'content-type': 'application/json',
    accept: 'application/json',
  }),
  humanitec: (key) => ({ authorization: `Bearer ${key}` }),
};

const answerMs = 30 * second;
const triesMax = 8;

export interface Wish {
  readonly organization: string;
  readonly dialect: DialectName;
  readonly request: string;
  readonly body?: unknown;
  /** Under which it is asked again. */
  readonly key?: string;
}

export const doors = (badness: Badness, world: World) => {
  const { timeline, tally, isOn } = badness;
  const letIn: Authenticate = authenticate(world);
  const keys = new Map<string, string>();
  let requests = 0;

  const keyOf = async (organization: string): Promise<string> => {
    const known = keys.get(organization);
    if (known !== undefined) return known;
    const { key } = await createKey(world)({ organization, scopes: ['*'] });
    keys.set(organization, key);
    return key;
  };

  const askOnce = async (
    through: World,
    { organization, dialect, request, body, key }: Wish,
  ): Promise<Told> => {
    const of = dialects[dialect];
    const [method = '', url = ''] = request.split(' ');
    const [path = '', query = ''] = url.split('?');
    requests += 1;
    const { response } = await answer(
      of,
      through,
      letIn,
    )({
      requestId: `request-${requests}`,
      method,
      path,
      query,
      ...matchRoute(Object.keys(of.contract), method, path),
      headers: {
        ...headersOf[dialect](await keyOf(organization)),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      body: body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body)),
    });
    const text = typeof response.body === 'string' ? response.body : Buffer.from(response.body).toString();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };

  /** Undefined: no answer came in time. */
  const askBadly = (dice: Dice, wish: Wish): Promise<Told | undefined> =>
    new Promise((resolve) => {
      askOnce(badWorld(badness, dice, world), wish).then(resolve, () => resolve(undefined));
      timeline.after(answerMs, () => resolve(undefined));
    });

  const isWorthRepeating = (told: Told | undefined): boolean =>
    told === undefined || told.status >= 500 || told.status === 429;

  return {
    /** Nothing goes wrong on the way. */
    ask: (wish: Wish): Promise<Told> => askOnce(world, wish),
    /** Until there is an answer, or patience is at its end; `onAnswer` hears each that comes. */
    insist: async (dice: Dice, wish: Wish, onAnswer: (told: Told) => void): Promise<void> => {
      if (isOn() && wish.key !== undefined && dice.isHit(odds.doubled)) {
        tally.add('requests repeated');
        void askBadly(dice, wish).then((told) => told && onAnswer(told));
      }
      for (let tries = 0; tries < triesMax; tries += 1) {
        const told = await askBadly(dice, wish);
        if (told !== undefined) onAnswer(told);
        if (!isWorthRepeating(told)) return;
        tally.add('requests without an answer');
        await timeline.sleep(second + dice.below(minute));
      }
    },
  };
};

export type Doors = ReturnType<typeof doors>;
