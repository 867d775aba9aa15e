// Each unit of work as a subsegment in X-Ray, with what it is searched for. Powertools' tracer brings the X-Ray SDK with it: it is loaded
// where there is X-Ray, beside everything else that a start does, and nowhere else.
import type { Tracer } from '@aws-lambda-powertools/tracer';
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

type Segment = NonNullable<ReturnType<Tracer['getSegment']>>;

const tell = (subsegment: Segment, { annotations, fault }: Seen): void => {
  for (const [name, value] of Object.entries(annotations)) if (value) subsegment.addAnnotation(name, value);
  if (fault !== undefined) subsegment.addError(fault instanceof Error ? fault : String(fault));
  subsegment.close();
};

/** Calls outward are lines of the log: X-Ray shows units of work. */
const tracerOf = async (daemon: string, serviceName: string) => {
  const { Tracer } = await import('@aws-lambda-powertools/tracer');
  const tracer = new Tracer({ serviceName, captureHTTPsRequests: false });
  tracer.provider.setDaemonAddress(daemon);
  // An invocation that nobody traces is no trouble, and no line of the log.
  tracer.provider.setContextMissingStrategy('IGNORE_ERROR');
  return tracer;
};

/** `daemon`: `host:port`, as Lambda names it. */
export const tracesTo = (daemon: string | undefined, name: string): Traces => {
  if (daemon === undefined) return noTraces;
  const loading = tracerOf(daemon, name);
  return async (work, seen) => {
    const tracer = await loading;
    const subsegment = tracer.getSegment()?.addNewSubsegment(name);
    try {
      return await work();
    } finally {
      if (subsegment !== undefined) tell(subsegment, seen());
    }
  };
};
