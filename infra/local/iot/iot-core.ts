// A local AWS IoT Core: MQTT over TLS with client certificates, device shadows, the two HTTP APIs and the rules engine.

import type { Measure } from '../cloudwatch/metric.ts';
import { startBroker } from './broker/broker.ts';
import { parsePolicy } from './broker/policy.ts';
import { AwsError } from './http/aws-error.ts';
import { controlPlaneRoutes } from './http/control-plane.ts';
import { dataPlaneRoutes } from './http/data-plane.ts';
import { type Objection, startRestServer } from './http/rest-server.ts';
import type { Message } from './message.ts';
import { arnsOf } from './registry/arns.ts';
import { openCertificateAuthority } from './registry/ca.ts';
import { openRegistry } from './registry/registry.ts';
import { createRulesEngine, type Deliver } from './rules/engine.ts';
import { createShadowService } from './shadow/service.ts';
import { openShadowStore } from './shadow/shadow-store.ts';
import { openStore } from './store.ts';

export type { RuleAction } from './rules/rule.ts';

export interface IotCoreOptions {
  dataDir: string;
  /** 0 for any free one. */
  mqttPort: number;
  /** Whose HTTP requests are served, whatever they ask for. */
  accessKeyId: string;
  /** What is held against HTTP requests of others; without it, none of them is served. */
  objections?: { data: Objection; control: Objection };
  region: string;
  accountId: string;
  /** Carries out a rule's action; a rejection goes to the rule's error action. */
  deliver: Deliver;
  log: (line: string) => void;
  measure?: Measure;
}

export interface IotCore {
  mqtt: { host: string; port: number; caFile: string };
  dataEndpoint: string;
  controlEndpoint: string;
  /** Throws where the document has anything that is not served. */
  putPolicy(name: string, document: unknown): void;
  /** TopicRulePayload in CloudFormation's casing; throws where it has anything that is not served. */
  putRule(name: string, payload: unknown): void;
  close(): Promise<void>;
}

const host = 'localhost';
const nowSeconds = () => Math.floor(Date.now() / 1000);

export const startIotCore = async (options: IotCoreOptions): Promise<IotCore> => {
  const { accessKeyId, objections, log } = options;
  const opened: (() => unknown)[] = [];
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    const store = openStore(options.dataDir);
    opened.push(() => store.close());
    const authority = await openCertificateAuthority(options.dataDir);
    const registry = openRegistry(store);
    const arns = arnsOf(options.region, options.accountId);

    const { deliver, measure } = options;
    const rules = createRulesEngine({ deliver, log, ...(measure && { measure }) });
    opened.push(() => rules.settle());
    const seen = (message: Message) => {
      rules.take(message);
      shadows.take(message);
    };
    const publish = (message: Message) => {
      broker.publish(message);
      seen(message);
    };
    const shadows = createShadowService({ store: openShadowStore(store), publish, nowSeconds, log });
    const broker = await startBroker({
      authority,
      registry,
      store,
      arnPrefix: arns.prefix,
      port: options.mqttPort,
      onMessage: seen,
      announce: publish,
      log,
    });
    opened.push(() => broker.close());

    const data = await startRestServer({
      routes: dataPlaneRoutes({ shadows, publish, nowSeconds }),
      accessKeyId,
      refusal: new AwsError('ForbiddenException', 403, 'Forbidden'),
      ...(objections && { objection: objections.data }),
      log,
    });
    opened.push(() => data.close());
    const mqttEndpoint = `${host}:${broker.port}`;
    const control = await startRestServer({
      routes: controlPlaneRoutes({ registry, authority, arns, mqttEndpoint }),
      accessKeyId,
      refusal: new AwsError(
        'UnrecognizedClientException',
        403,
        'The security token included in the request is invalid.',
      ),
      ...(objections && { objection: objections.control }),
      log,
    });
    opened.push(() => control.close());

    return {
      mqtt: { host, port: broker.port, caFile: authority.caFile },
      dataEndpoint: data.endpoint,
      controlEndpoint: control.endpoint,
      putPolicy: (name, document) => {
        parsePolicy(name, document);
        registry.policies.put(name, document);
      },
      putRule: (name, payload) => rules.put(name, payload),
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
};
