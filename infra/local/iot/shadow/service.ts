// The Device Shadow service: three operations, asked over MQTT or HTTP, each answered, and told to everyone who subscribed.
import { jsonBytes } from '../json.ts';
import { cloudMessage, type Message } from '../message.ts';
import { deltaOf } from './delta.ts';
import { noShadow, type Rejection, rejections } from './rejections.ts';
import { type Parsed, parseRequest, parseUpdate, type ShadowRequest } from './request.ts';
import type { ShadowStore } from './shadow-store.ts';
import { type Operation, parseRequestTopic, type ShadowAddress, shadowTopic } from './shadow-topics.ts';
import { decideUpdate } from './update.ts';

export type Answer = { accepted: object; rejection?: never } | { rejection: Rejection; accepted?: never };

export interface ShadowService {
  /** For HTTP: the answer for the one who asked, after subscribers have been told of a change. */
  ask(operation: Operation, address: ShadowAddress, payload: Uint8Array): Answer;
  /** Takes any message; only requests on shadow topics are answered. */
  take(message: Message): void;
  names(thing: string, after: string, limit: number): string[];
}

export interface ShadowServiceParts {
  store: ShadowStore;
  publish: (message: Message) => void;
  nowSeconds: () => number;
  log: (line: string) => void;
}

type Outcome = Answer & { alsoTold?: Record<string, object>; clientToken?: string };

export const createShadowService = ({
  store,
  publish,
  nowSeconds,
  log,
}: ShadowServiceParts): ShadowService => {
  const tell = (address: ShadowAddress, suffix: string, body: object) =>
    publish(cloudMessage(shadowTopic(address, suffix), jsonBytes(body)));

  const get = (address: ShadowAddress, payload: Uint8Array): Outcome =>
    whenValid(parseRequest(payload), (request) => {
      const document = store.load(address)?.document;
      if (document === undefined) return { rejection: noShadow(address.thing, address.shadow) };
      const delta = deltaOf(document);
      const state = { ...document.state, ...(delta && { delta: delta.state }) };
      return { accepted: { ...document, state, timestamp: nowSeconds(), ...request } };
    });

  const update = (address: ShadowAddress, payload: Uint8Array): Outcome =>
    whenValid(parseUpdate(payload), (request) => {
      const decision = decideUpdate(store.load(address), request, nowSeconds());
      if (decision.rejection) return decision;
      const { after, accepted, delta, documents } = decision;
      store.save(address, after);
      return {
        accepted,
        alsoTold: { ...(delta && { 'update/delta': delta }), 'update/documents': documents },
      };
    });

  const remove = (address: ShadowAddress, payload: Uint8Array): Outcome =>
    whenValid(parseRequest(payload), (request) => {
      const record = store.load(address);
      if (record?.document === undefined) return { rejection: noShadow(address.thing, address.shadow) };
      store.bury(address, nowSeconds());
      return { accepted: { version: record.version, timestamp: nowSeconds(), ...request } };
    });

  const handlers = { get, update, delete: remove } as const satisfies Record<Operation, typeof get>;

  /** A store that fails is the service's fault, not the end of the broker. */
  const carryOut = (operation: Operation, address: ShadowAddress, payload: Uint8Array): Outcome => {
    try {
      return handlers[operation](address, payload);
    } catch (error) {
      log(`iot shadow: ${error instanceof Error ? error.stack : String(error)}`);
      return { rejection: rejections.internal };
    }
  };

  const tellAccepted = (operation: Operation, address: ShadowAddress, { accepted, alsoTold }: Outcome) => {
    if (accepted) tell(address, `${operation}/accepted`, accepted);
    for (const [suffix, body] of Object.entries(alsoTold ?? {})) tell(address, suffix, body);
  };

  return {
    ask: (operation, address, payload) => {
      const outcome = carryOut(operation, address, payload);
      // Who reads over HTTP changes nothing that a subscriber must hear of, and is told of a rejection by HTTP alone.
      if (operation !== 'get') tellAccepted(operation, address, outcome);
      return outcome;
    },
    take: ({ topic, payload }) => {
      const asked = parseRequestTopic(topic);
      if (asked === undefined) return;
      const outcome = carryOut(asked.operation, asked, payload);
      tellAccepted(asked.operation, asked, outcome);
      if (!outcome.rejection) return;
      const token = outcome.clientToken !== undefined && { clientToken: outcome.clientToken };
      tell(asked, `${asked.operation}/rejected`, { ...outcome.rejection, timestamp: nowSeconds(), ...token });
    },
    names: store.names,
  };
};

const whenValid = <Request extends ShadowRequest>(
  parsed: Parsed<Request>,
  act: (request: Request) => Outcome,
): Outcome => {
  if (parsed.rejection) return parsed;
  const { clientToken } = parsed.request;
  return { ...act(parsed.request), ...(clientToken !== undefined && { clientToken }) };
};
