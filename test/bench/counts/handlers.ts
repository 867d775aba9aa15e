// The deployed handlers in this process: each is loaded with its own environment, and what it writes is counted as log.
import type { Plan, PlannedFunction } from './plan.ts';
import { type Call, roundTripsOf, type Tally } from './tally.ts';

/** As middy hands it out: an event, a context, an answer. */
type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const folderOf = (name: string): string => (name.startsWith('api-') ? 'api' : 'workers');

/** Each cloud has functions of its own: those of one before have clients that look for it still. */
let clouds = 0;

const load = async (name: string, cloud: number): Promise<Handler> => {
  const file = `../../../functions/${folderOf(name)}/${name.replace(/^api-/, '')}.ts?cloud=${cloud}`;
  const { handler }: { handler: Handler } = await import(file);
  return handler;
};

/** Environments are read while a module loads, and never again. */
const withEnvironment = async <Result>(
  variables: Readonly<Record<string, string>>,
  act: () => Promise<Result>,
): Promise<Result> => {
  const takeBack = setEnvironment(variables);
  try {
    return await act();
  } finally {
    takeBack();
  }
};

/** The SDK reads where its services are with the first call: these stay until they are taken back. */
export const setEnvironment = (variables: Readonly<Record<string, string>>): (() => void) => {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  return () => {
    for (const name of Object.keys(variables)) delete process.env[name];
    Object.assign(process.env, before);
  };
};

type Write = typeof process.stdout.write;

/** Functions log by writing to the process's output; while one runs, that is its log and nothing else's. */
const listening = async <Result>(
  act: () => Promise<Result>,
  heard: (text: string) => void,
): Promise<Result> => {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  const listen: Write = (chunk, encoding?: unknown, done?: unknown) => {
    heard(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    const then = typeof encoding === 'function' ? encoding : done;
    if (typeof then === 'function') then();
    return true;
  };
  for (const stream of streams) stream.write = listen;
  try {
    return await act();
  } finally {
    streams.forEach((stream, at) => {
      stream.write = writes[at] as Write;
    });
  }
};

/** As long as any function may take: how fast this machine is must not decide how often one goes on later. */
const remainingMs = 15 * 60 * 1000;

const contextOf = ({ fullName, memoryMb }: PlannedFunction) => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: fullName,
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${fullName}`,
  memoryLimitInMB: String(memoryMb),
  awsRequestId: '3f6d1c52-7a0e-4d7b-9b53-0c8e6a2f4d19',
  logGroupName: `/aws/lambda/${fullName}`,
  logStreamName: 'bench',
  getRemainingTimeInMillis: () => remainingMs,
});

/** What cannot be seen here: how long a call takes inside AWS, and what we compute ourselves, warm, on Lambda's processors. */
export const estimates = { roundTripMs: 5, ownMs: 5 } as const;

const gbSecondsOf = (memoryMb: number, roundTrips: number): number =>
  ((memoryMb / 1024) * (estimates.ownMs + roundTrips * estimates.roundTripMs)) / 1000;

/** Messages of a batch are taken beside each other, each of them step by step. */
const roundTripsIn = (event: unknown, calls: readonly Call[]): number => {
  const records = (event as { Records?: readonly unknown[] }).Records?.length ?? 1;
  return records === 1 ? roundTripsOf(calls) : Math.ceil(calls.length / records);
};

export interface Invocation {
  readonly answer: unknown;
  readonly log: string;
}

export type Invoke = (name: string, event: unknown) => Promise<Invocation>;

/** One invocation in a hundred says more: which one it is is chance, and no count of a life. */
const isAlways = (line: string): boolean => !line.startsWith('{"level":"DEBUG"');

export const handlersOf = ({ functions }: Plan, tally: Tally): Invoke => {
  const loaded = new Map<string, Promise<Handler>>();
  clouds += 1;
  const cloud = clouds;
  const handlerOf = (planned: PlannedFunction): Promise<Handler> => {
    const known =
      loaded.get(planned.name) ??
      withEnvironment({ ...planned.environment, AWS_LAMBDA_FUNCTION_NAME: planned.fullName }, () =>
        load(planned.name, cloud),
      );
    loaded.set(planned.name, known);
    return known;
  };
  /** One at a time: their output must not be taken for each other's. */
  let last: Promise<unknown> = Promise.resolve();
  const oneByOne = <Result>(act: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(act, act);
    last = turn;
    return turn;
  };
  const invoke: Invoke = async (name, event) => {
    const planned = functions.get(name);
    if (planned === undefined) throw new Error(`The templates have no function ${name}.`);
    const handler = await handlerOf(planned);
    const heard: string[] = [];
    const { result: answer, calls } = await tally.as(name, () =>
      listening(
        () => handler(event, contextOf(planned)),
        (text) => heard.push(text),
      ),
    );
    const log = heard.join('');
    const { memoryMb } = planned;
    const roundTrips = roundTripsIn(event, calls);
    tally.add('invocation', `${memoryMb} MB`, 'lambdaInvocations', 1, name);
    tally.add('log', 'lines of JSON', 'logBytes', Buffer.byteLength(heard.filter(isAlways).join('')), name);
    tally.add('calls one after the other', 'any', 'roundTrips', roundTrips, name);
    tally.add('duration, estimated', `${memoryMb} MB`, 'gbSeconds', gbSecondsOf(memoryMb, roundTrips), name);
    return { answer, log };
  };
  return (name, event) => oneByOne(() => invoke(name, event));
};
