// Each unit of work as a subsegment in X-Ray, with its deployment to search for. Powertools' tracer does this too, and brings the X-Ray
// SDK with it: 180 KB in every bundle and 43 ms at every cold start. What is needed of it is one datagram.
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { errorOf } from './error-of.ts';
import type { Facts } from './facts.ts';

export interface Seen {
  readonly annotations: Facts;
  /** Undefined: it went well. */
  readonly fault: unknown;
}

/** Does the work, and tells X-Ray of it. */
export type Traces = <Answer>(work: () => Promise<Answer>, seen: () => Seen) => Promise<Answer>;

/** Where there is no X-Ray, as on one's own machine. */
export const noTraces: Traces = (work) => work();

/** `Root=1-...;Parent=...;Sampled=1`, anew for each invocation; undefined where nobody looks. */
const traceIn = (header: string | undefined) => {
  const parts = Object.fromEntries((header ?? '').split(';').map((part) => part.split('=')));
  const { Root, Parent, Sampled } = parts as Readonly<Record<string, string | undefined>>;
  return Root && Parent && Sampled === '1' ? { trace_id: Root, parent_id: Parent } : undefined;
};

const causeOf = (fault: unknown) =>
  fault === undefined
    ? {}
    : {
        fault: true,
        cause: {
          working_directory: '',
          exceptions: [{ id: randomBytes(8).toString('hex'), message: errorOf(fault).error, remote: false }],
        },
      };

/** Lost datagrams are no loss: a trace is for looking, not for counting. */
const send = (host: string, port: number, document: object): Promise<void> =>
  new Promise((done) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4').unref();
    const end = () => socket.close(() => done());
    socket.once('error', end);
    socket.send(`{"format":"json","version":1}\n${JSON.stringify(document)}`, port, host, end);
  });

const inSeconds = (ms: number): number => ms / 1000;

/** `daemon`: `host:port`, as Lambda names it. */
export const tracesTo = (daemon: string | undefined, name: string): Traces => {
  if (daemon === undefined) return noTraces;
  const [host = '', port = ''] = daemon.split(/:(?=\d+$)/);
  return async (work, seen) => {
    const trace = traceIn(process.env._X_AMZN_TRACE_ID);
    if (trace === undefined) return work();
    const startedAt = Date.now();
    try {
      return await work();
    } finally {
      const { annotations, fault } = seen();
      await send(host, Number(port), {
        ...trace,
        type: 'subsegment',
        id: randomBytes(8).toString('hex'),
        name,
        start_time: inSeconds(startedAt),
        end_time: inSeconds(Date.now()),
        annotations,
        ...causeOf(fault),
      });
    }
  };
};
