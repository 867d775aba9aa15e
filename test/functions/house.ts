// Given, for what functions write: all of them over one memory world, with the log that they have on AWS, and its lines.
import { vi } from 'vitest';
import type { Current } from '#device/shadow';
import type { Dialect } from '#dialects/dialect';
import { ownerOf } from '#dialects/humanitec/fleet/owner';
import type { Channel } from '#domain/channel';
import { answerFetch } from '#functions/jobs/answer-fetch';
import { carryOutTransition } from '#functions/jobs/carry-out-transition';
import { deliverWebhook } from '#functions/jobs/deliver-webhook';
import { haltRollouts } from '#functions/jobs/halt-rollouts';
import { rollOut } from '#functions/jobs/roll-out';
import { sweep } from '#functions/jobs/sweep';
import { takeWord } from '#functions/jobs/take-word';
import { door } from '#functions/wiring/door';
import { lambdaLog } from '#functions/wiring/log';
import { witnessed } from '#functions/wiring/witness';
import { woken } from '#functions/wiring/woken';
import { worker } from '#functions/wiring/worker';
import type { FunctionName } from '#operations/environment';
import { matchRoute } from '#test/support/route';
import { type Ask, type SmallSystem, smallSystem } from '#test/support/small-system';
import { context, httpEvent, sqsEvent, sqsRecord } from './given.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test looks into lines of every shape
export type Written = Readonly<Record<string, any>>;

/** What is written from now on; texts, as CloudWatch gets them. */
const listening = () => {
  const texts: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      texts.push(...String(text).split('\n').filter(Boolean));
      return true;
    });
  return texts;
};

const functionOf = (dialect: Dialect) => `api-${dialect.name}` as FunctionName;

export const givenHouse = (system: SmallSystem = smallSystem()) => {
  const texts = listening();
  const world = witnessed(system.world);
  const log = (name: FunctionName) => lambdaLog(name, 'test');

  const clientOf = (dialect: Dialect, defaults: Readonly<Record<string, string>>): Ask => {
    const handler = door(dialect, world, log(functionOf(dialect)));
    return async (request, body, headers = {}) => {
      const [method = '', url = ''] = request.split(' ');
      const [rawPath = '', rawQueryString = ''] = url.split('?');
      const { route, params } = matchRoute(Object.keys(dialect.contract), method, rawPath);
      const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
      const event = httpEvent(route ?? `ANY ${rawPath}`, {
        rawPath,
        rawQueryString,
        pathParameters: { ...params },
        headers: Object.fromEntries(
          Object.entries({ host: 'api.shadowcast.test', ...defaults, ...headers }).map(([name, value]) => [
            name,
            value ?? '',
          ]),
        ),
        ...(text === undefined ? {} : { body: text }),
      });
      const answer = await handler(event, context());
      const raw = Buffer.from(answer.body ?? '', answer.isBase64Encoded ? 'base64' : 'utf8').toString();
      const parsed = raw.startsWith('{') || raw.startsWith('[') ? JSON.parse(raw) : undefined;
      return {
        status: answer.statusCode ?? 0,
        headers: answer.headers as Record<string, string>,
        body: parsed,
        raw,
      };
    };
  };

  const carryOut = worker(log('carry-out-transition'), carryOutTransition(world, 5));
  const hear = worker(log('take-report'), takeWord(world));
  const serve = woken(log('serve-content'), 'content.failed', answerFetch(world));
  const sweepAll = woken(log('sweep-overdue'), 'sweep.failed', (_, unitLog) =>
    sweep(world)(() => 60_000, unitLog),
  );

  const webhook = worker(log('deliver-webhook'), deliverWebhook(world));
  const fanOut = worker(log('roll-out'), rollOut(world, ownerOf(world), 5));
  const alarm = woken(log('halt-rollouts'), 'alarm.failed', haltRollouts(world, 'stage'));

  const message = (body: unknown, receives = 1) =>
    sqsEvent({
      ...sqsRecord('message-1', body, receives),
      attributes: {
        ...sqsRecord('message-1', body, receives).attributes,
        SentTimestamp: String(system.clock.now() - 40),
      },
    });

  const lines = (): Written[] => texts.map((text) => JSON.parse(text));
  return {
    ...system,
    world,
    clientOf,
    texts,
    lines,
    linesOf: (deployment: string) =>
      lines().filter(
        (line) => line.deployment === deployment || line.others?.split(' ').includes(deployment),
      ),
    /** Everything that waits in the queue, each as a message. */
    carryOutAll: async (): Promise<number> => {
      let carried = 0;
      for (let next = system.transitions.take(); next !== undefined; next = system.transitions.take()) {
        await carryOut(message({ v: 1, ...next.slot }), context());
        carried += 1;
      }
      return carried;
    },
    carryOutMessage: (body: unknown, receives?: number) => carryOut(message(body, receives), context()),
    hear: (body: unknown) => hear(message(body), context()),
    report: async (thing: string, word: Partial<Current> = {}, channel: Channel = 'release') => {
      const current = system.wordOf(thing, word, channel);
      system.shadows.report(thing, channel, current);
      await hear(message({ kind: 'report', thing, channel, current }), context());
      return true;
    },
    deliver: (body: unknown, receives?: number) => webhook(message(body, receives), context()),
    rollOut: (body: unknown, receives?: number) => fanOut(message(body, receives), context()),
    hearAlarm: (event: unknown) => alarm(event, context()),
    fetch: (event: unknown) => serve(event, context()),
    sweepAll: () => sweepAll({}, context()),
  };
};
