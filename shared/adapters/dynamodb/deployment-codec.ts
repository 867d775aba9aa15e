// A deployment as a short list: texts by their place, times as what they are later than the item's first.
import * as z from 'zod';
import type { Deployment, HistoryEvent } from '#domain/deployment';
import { phaseCode, storedPhase } from './code-table.ts';
import { type TextReader, type TextWriter, textPlace } from './texts.ts';

/** Milliseconds after (or before) the time that all of an item's times are counted from. */
const storedTime = z.int();

const storedEvent = z.tuple([
  storedTime, // at
  textPlace, // by
  storedPhase.nullable(), // from
  storedPhase, // to
  textPlace, // why
]);

export const storedDeployment = z.tuple([
  textPlace, // id
  storedPhase, // phase
  storedTime, // seq: a time, too
  textPlace, // revision
  textPlace.nullable(), // track
  z.int(), // attempts
  z.tuple([textPlace, textPlace]).nullable(), // failure: code, message
  storedTime.nullable(), // deadline
  textPlace.nullable(), // restores
  storedTime, // createdAt
  storedTime, // updatedAt
  z.int(), // version
  z.array(storedEvent), // history
  // Result; absent in items that were written before there were any.
  textPlace.nullable().optional(),
  // Part: rollout, ordinal.
  z.tuple([textPlace, z.int().nonnegative()]).optional(),
]);

/** What most deployments do not have is not written. */
const encodeRare = (
  texts: TextWriter,
  { result, part }: Deployment,
): [] | [number | null] | [number | null, [number, number]] => {
  if (part !== undefined) return [texts.placeOrNull(result), [texts.place(part.rollout), part.ordinal]];
  return result === null ? [] : [texts.place(result)];
};

const encodeEvent =
  (texts: TextWriter, since: number) =>
  ({ at, by, from, to, why }: HistoryEvent): z.input<typeof storedEvent> => [
    at - since,
    texts.place(by),
    from === null ? null : phaseCode(from),
    phaseCode(to),
    texts.place(why),
  ];

export const encodeDeployment =
  (texts: TextWriter, since: number) =>
  (deployment: Deployment): z.input<typeof storedDeployment> => [
    texts.place(deployment.id),
    phaseCode(deployment.phase),
    deployment.seq - since,
    texts.place(deployment.revision),
    texts.placeOrNull(deployment.track),
    deployment.attempts,
    deployment.failure === null
      ? null
      : [texts.place(deployment.failure.code), texts.place(deployment.failure.message)],
    deployment.deadline === null ? null : deployment.deadline - since,
    texts.placeOrNull(deployment.restores),
    deployment.createdAt - since,
    deployment.updatedAt - since,
    deployment.version,
    deployment.history.map(encodeEvent(texts, since)),
    ...encodeRare(texts, deployment),
  ];

const decodeEvent =
  (texts: TextReader, since: number) =>
  ([at, by, from, to, why]: z.output<typeof storedEvent>): HistoryEvent => ({
    at: at + since,
    by: texts.at(by),
    from,
    to,
    why: texts.at(why),
  });

export const decodeDeployment =
  (texts: TextReader, since: number) =>
  (stored: z.output<typeof storedDeployment>): Deployment => {
    const [id, phase, seq, revision, track, attempts, failure, deadline, restores, ...rest] = stored;
    const [createdAt, updatedAt, version, history, result, part] = rest;
    return {
      id: texts.at(id),
      phase,
      seq: seq + since,
      revision: texts.at(revision),
      track: texts.atOrNull(track),
      attempts,
      failure: failure === null ? null : { code: texts.at(failure[0]), message: texts.at(failure[1]) },
      result: texts.atOrNull(result ?? null),
      deadline: deadline === null ? null : deadline + since,
      restores: texts.atOrNull(restores),
      createdAt: createdAt + since,
      updatedAt: updatedAt + since,
      version,
      history: history.map(decodeEvent(texts, since)),
      ...(part === undefined ? {} : { part: { rollout: texts.at(part[0]), ordinal: part[1] } }),
    };
  };
