// Any request to any route of a dialect, through its door: what comes out is judged, and what fails is shrunk and told as a curl line.
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Dialect } from '#dialects/dialect';
import { door } from '#functions/wiring/door';
import { context, httpEvent, rememberingLog } from '#test/functions/given';
import type { SmallSystem } from '#test/support/small-system';
import { changesOf } from '#test/support/writes';
import { faultsOf, type Heard, type Rules, saidIn } from './judges.ts';
import type { Known } from './of-schema.ts';
import { curlOf, type KeyKind, pathOf, type Request, requestsTo, type Together } from './requests.ts';

/** A world with one of each in it, the same in every run, and what is to be known of it. */
export interface Given {
  readonly system: SmallSystem;
  readonly keys: Readonly<Record<KeyKind, string | undefined>>;
  readonly known: Known;
  readonly together?: Together;
  readonly theirs: readonly string[];
  readonly ours: readonly string[];
  readonly secrets: readonly string[];
}

export interface Subject {
  readonly dialect: Dialect;
  readonly no: z.ZodType;
  readonly foreignStatus: 403 | 404;
  readonly organizationParam?: string;
  readonly alsoGranted?: NonNullable<Rules['alsoGranted']>;
  readonly headersFor: (key: string | undefined, route: string) => Readonly<Record<string, string>>;
  readonly given: () => Promise<Given>;
  /** Routes at which fewer right requests can be granted than elsewhere, with the reason. */
  readonly rarelyGranted?: Readonly<Record<string, string>>;
}

/** Worlds for each route; in each of them it is asked up to `requestsMax` times. */
const worlds = Number(process.env.FUZZ_RUNS ?? 2);
const requestsMax = 10;
/** One number for all: what a run has found can be found again. */
const seed = Number(process.env.FUZZ_SEED ?? 20_260_101);
const hangMs = 30_000;

/** Of right requests so many per cent are granted at least: what one has deleted the next does not find. */
const grantedPercentMin = 10;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const bodyOf = ({ body, isBase64 }: Request) => {
  const inBase64 = isBase64 || typeof body !== 'string';
  return { body: inBase64 ? Buffer.from(body).toString('base64') : body, isBase64Encoded: inBase64 };
};

const chainOf = (cause: unknown): string =>
  cause instanceof Error ? `${cause.stack} <- ${chainOf(cause.cause)}` : String(cause);

/** The dialect's door, and what it wrote while it answered. */
export const opened = (subject: Subject, { system, keys }: Pick<Given, 'system' | 'keys'>) => {
  const logged = rememberingLog();
  const handler = door(subject.dialect, system.world, logged.log);
  return async (request: Request): Promise<Heard> => {
    logged.lines.splice(0);
    logged.faults.splice(0);
    const answer = await handler(
      httpEvent(request.route, {
        rawPath: pathOf(request),
        pathParameters: { ...request.params },
        rawQueryString: request.query,
        headers: {
          host: 'api.example',
          ...subject.headersFor(keys[request.key], request.route),
          ...request.headers,
        },
        ...bodyOf(request),
      }),
      context(),
    );
    const { statusCode = 0, headers = {}, body = '', isBase64Encoded } = answer;
    const text = isBase64Encoded ? Buffer.from(body, 'base64').toString() : body;
    return {
      status: statusCode,
      headers,
      text,
      json: parsed(text),
      logged: JSON.stringify(logged.lines),
      fault: logged.faults.map(({ cause }) => chainOf(cause)).join('\n'),
    };
  };
};

interface Tally {
  asked: number;
  granted: number;
}

const refusedTraceless = ({ key }: Request, { status }: Heard, changes: readonly string[]): string[] =>
  key !== 'own' && [401, 403].includes(status) && changes.length > 0
    ? [`it was refused, and yet it has changed something: ${changes.join(', ')}`]
    : [];

/** Asks one after the other in a world of their own; the first that is answered wrongly ends it. */
const asked = async (subject: Subject, tally: Tally, requests: readonly Request[]): Promise<string> => {
  const given = await subject.given();
  const ask = opened(subject, given);
  const { theirs, ours, secrets } = given;
  const said = { foreign: '', own: '' };
  const changed = changesOf(given.system);
  for (const request of requests) {
    changed.forget();
    const heard = await ask(request);
    const asker = request.key === 'foreign' ? 'foreign' : 'own';
    const rules: Rules = { ...subject, theirs, ours, secrets, saidBefore: said[asker] };
    if (request.changed === undefined && request.key === 'own') {
      tally.asked += 1;
      if (heard.status < 400) tally.granted += 1;
    }
    const faults = [
      ...faultsOf(rules, request, heard),
      ...refusedTraceless(request, heard, changed.changes()),
    ];
    if (faults.length > 0) return [curlOf(request), ...faults].join('\n    ');
    said[asker] += saidIn(request);
    given.system.clock.pass(1);
  }
  return '';
};

const told = (requests: readonly Request[]): string => requests.map(curlOf).join('\n  ');

const shareOf = ({ asked: all, granted }: Tally): number => Math.round((100 * granted) / Math.max(all, 1));

const printed = (tallies: ReadonlyMap<string, Tally>): string =>
  [...tallies]
    .map(
      ([route, tally]) =>
        `${String(shareOf(tally)).padStart(4)} %  ${tally.granted}/${tally.asked}  ${route}`,
    )
    .join('\n');

export const fuzz = async (subject: Subject) => {
  const { known, together = {}, theirs } = await subject.given();
  const routes = Object.entries(subject.dialect.contract);
  const tallies = new Map<string, Tally>();

  describe(`whatever is sent to ${subject.dialect.name}`, () => {
    it.each(routes.map(([key]) => key))('%s', async (key) => {
      const route = subject.dialect.contract[key as keyof typeof subject.dialect.contract];
      if (route === undefined) throw new Error(`There is no ${key}.`);
      const tally: Tally = { asked: 0, granted: 0 };
      tallies.set(key, tally);
      const requests = fc.array(requestsTo(key, route, { theirs, ...known }, together), {
        minLength: 1,
        maxLength: requestsMax,
        size: 'max',
      });
      const failure = { said: '' };
      const found = await fc.check(
        fc.asyncProperty(requests, async (those) => {
          const said = await asked(subject, tally, those);
          if (said !== '') failure.said = said;
          return said === '';
        }),
        { numRuns: worlds, seed, timeout: hangMs },
      );
      const how = `FUZZ_SEED=${found.seed}, path ${found.counterexamplePath}, after ${found.numShrinks} shrinks`;
      expect(
        found.failed
          ? `${failure.said || found.errorInstance}\n  ${told(found.counterexample?.[0] ?? [])}\n  ${how}`
          : '',
      ).toBe('');
    });

    it('right requests are granted often enough for all this to mean something', () => {
      const excused = Object.keys(subject.rarelyGranted ?? {});
      const seldom = [...tallies].filter(
        ([route, tally]) => shareOf(tally) < grantedPercentMin && !excused.includes(route),
      );
      expect(printed(new Map(seldom))).toBe('');
    });

    afterAll(() => {
      if (process.env.FUZZ_SHARES !== undefined) console.log(`\n${printed(tallies)}`);
    });
  });
};
