// IoT Core, as billed: the local shadow service and rules, with every operation, message, evaluation and action counted.
import { setImmediate as turn } from 'node:timers/promises';
import type { Transport, TransportEvents } from '#device/agent/link/transport';
import { AwsError } from '#infra/local/iot/http/aws-error';
import { dataPlaneRoutes } from '#infra/local/iot/http/data-plane';
import { startRestServer } from '#infra/local/iot/http/rest-server';
import { jsonBytes } from '#infra/local/iot/json';
import { cloudMessage, type Message } from '#infra/local/iot/message';
import { createRulesEngine, type Deliver } from '#infra/local/iot/rules/engine';
import { parseRule } from '#infra/local/iot/rules/rule';
import { createShadowService } from '#infra/local/iot/shadow/service';
import { openShadowStore } from '#infra/local/iot/shadow/shadow-store';
import { parseRequestTopic } from '#infra/local/iot/shadow/shadow-topics';
import { openStore } from '#infra/local/iot/store';
import { matchesFilter } from '#infra/local/iot/topics';
import type { Tally } from './tally.ts';

const kibibyte = 1024;
const messageBytes = 5 * kibibyte;

/** `.../shadow/name/release/update/delta` is `update/delta`; our own topics are their third level. */
const topicKind = (topic: string): string => {
  const [, shadow] = topic.split(/\/shadow\/name\/[^/]+\//);
  return shadow === undefined ? (topic.split('/')[2] ?? topic) : `shadow ${shadow}`;
};

/** A device hears of nobody but itself: `$aws/things/{thing}/...`, `shadowcast/{thing}/...`. */
const thingIn = (topic: string): string => {
  const [first, second = '', third = ''] = topic.split('/', 3);
  return first === '$aws' ? third : second;
};

export interface Iot {
  readonly endpoint: string;
  /** Quietly: nobody is told that it has come. */
  readonly transportOf: (thing: string, how?: 'announced' | 'quietly') => Transport;
  readonly putRule: (name: string, payload: unknown) => void;
  /** Until no message is under way, and all that rules have begun is done. */
  readonly settle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface IotParts {
  readonly tally: Tally;
  readonly directory: string;
  readonly accessKeyId: string;
  readonly deliver: Deliver;
  readonly log: (line: string) => void;
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

interface Session {
  readonly events: TransportEvents;
  filters: readonly string[];
}

export const startIot = async ({ tally, directory, accessKeyId, deliver, log }: IotParts): Promise<Iot> => {
  const store = openStore(directory);
  const sessions = new Map<string, Session>();
  let underWay = 0;
  const soon = (act: () => void): void => {
    underWay += 1;
    setImmediate(() => {
      underWay -= 1;
      act();
    });
  };
  const filters: string[] = [];
  const rules = createRulesEngine({
    log,
    deliver: (action, payload, topic) => {
      tally.add(`action ${action.kind}`, topicKind(topic), 'ruleActions', 1, 'IoT rule');
      return deliver(action, payload, topic);
    },
  });

  const billMessage = (what: string, { topic, payload }: Message, who?: string): void => {
    const units = Math.max(1, Math.ceil(payload.length / messageBytes));
    tally.add(what, topicKind(topic), 'mqttMessages', units, who);
  };
  const billOperation = (operation: string, payload: Uint8Array, who?: string): void => {
    const units = Math.max(1, Math.ceil(payload.length / kibibyte));
    tally.add('shadow operation', operation, 'shadowOperations', 1, who);
    tally.add('shadow operation', operation, 'shadowKb', units, who);
  };
  /** A rule is evaluated for each message on its topics, whatever its WHERE then says. */
  const pastTheRules = (message: Message): void => {
    for (const filter of filters)
      if (matchesFilter(filter, message.topic))
        tally.add('evaluation', topicKind(message.topic), 'ruleEvaluations', 1, 'IoT rule');
    rules.take(message);
  };
  const toItsDevice = (message: Message): void => {
    const session = sessions.get(thingIn(message.topic));
    if (!session?.filters.some((filter) => matchesFilter(filter, message.topic))) return;
    billMessage('message to the device', message, 'IoT Core');
    soon(() => session.events.message(message.topic, message.payload));
  };
  const publish = (message: Message): void => {
    toItsDevice(message);
    pastTheRules(message);
  };
  const shadows = createShadowService({ store: openShadowStore(store), publish, nowSeconds, log });
  const data = await startRestServer({
    routes: dataPlaneRoutes({
      nowSeconds,
      publish: (message) => {
        billMessage('message from the cloud', message);
        const end = tally.begin();
        publish(message);
        end();
      },
      shadows: {
        ...shadows,
        ask: (operation, address, payload) => {
          billOperation(operation, payload);
          const end = tally.begin();
          const answer = shadows.ask(operation, address, payload);
          end();
          return answer;
        },
      },
    }),
    accessKeyId,
    refusal: new AwsError('ForbiddenException', 403, 'Forbidden'),
    log,
  });

  const fromDevice = (thing: string, topic: string, payload: string): void => {
    const message: Message = { topic, payload: Buffer.from(payload), qos: 0, retain: false, clientId: thing };
    billMessage('message from the device', message, 'device');
    const asked = parseRequestTopic(topic);
    if (asked !== undefined) billOperation(asked.operation, message.payload, 'device');
    pastTheRules(message);
    shadows.take(message);
  };
  const announce = (thing: string, eventType: string): void =>
    pastTheRules(
      cloudMessage(
        `$aws/events/presence/${eventType}/${thing}`,
        jsonBytes({ clientId: thing, eventType, versionNumber: sessions.size, timestamp: Date.now() }),
      ),
    );

  return {
    endpoint: data.endpoint,
    transportOf: (thing, how = 'announced') => ({
      host: 'bench',
      connect: (events) => {
        const session: Session = { events, filters: [] };
        sessions.set(thing, session);
        setImmediate(() => events.up());
        if (how === 'announced') announce(thing, 'connected');
        return {
          subscribe: async (topics) => {
            session.filters = topics;
          },
          publish: (topic, payload) => soon(() => fromDevice(thing, topic, payload)),
          close: async () => {
            sessions.delete(thing);
          },
        };
      },
    }),
    putRule: (name, payload) => {
      filters.push(parseRule(name, payload).statement.filter);
      rules.put(name, payload);
    },
    settle: async () => {
      do {
        await turn();
        await rules.settle();
      } while (underWay > 0);
    },
    close: async () => {
      await rules.settle();
      await data.close();
      store.close();
    },
  };
};
