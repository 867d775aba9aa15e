// The rules engine: every message goes past every rule; what a rule selects goes to its actions, and their failures to its error action.
import { randomUUID } from 'node:crypto';
import type { Measure } from '../../cloudwatch/metric.ts';
import { jsonBytes } from '../json.ts';
import type { Message } from '../message.ts';
import { parseRule, type Rule, type RuleAction } from './rule.ts';
import { select } from './select.ts';

export type Deliver = (action: RuleAction, payload: Uint8Array, topic: string) => Promise<void>;

export interface RulesEngine {
  put(name: string, payload: unknown): void;
  take(message: Message): void;
  /** When everything under way has been delivered or has failed. */
  settle(): Promise<void>;
}

export interface RulesEngineParts {
  deliver: Deliver;
  log: (line: string) => void;
  measure?: Measure;
}

const actionTypes: Readonly<Record<RuleAction['kind'], string>> = { sqs: 'Sqs', lambda: 'Lambda' };
const ofAction = { success: 'Success', failure: 'Failure' };
const ofErrorAction = { success: 'ErrorActionSuccess', failure: 'ErrorActionFailure' };

export const createRulesEngine = ({ deliver, log, measure }: RulesEngineParts): RulesEngine => {
  const rules = new Map<string, Rule>();
  const underWay = new Set<Promise<void>>();

  const count = (rule: Rule, metric: string, action?: RuleAction): void =>
    measure?.(
      'AWS/IoT',
      { RuleName: rule.name, ...(action && { ActionType: actionTypes[action.kind] }) },
      { [metric]: 1 },
    );

  const carryOut = async (
    rule: Rule,
    action: RuleAction,
    payload: Uint8Array,
    topic: string,
    metrics: { success: string; failure: string },
  ): Promise<Failure | undefined> => {
    const failure = await attempt(deliver, action, payload, topic);
    count(rule, failure === undefined ? metrics.success : metrics.failure, action);
    return failure;
  };

  const act = async (rule: Rule, message: Message, payload: Uint8Array) => {
    const attempts = rule.actions.map((action) => carryOut(rule, action, payload, message.topic, ofAction));
    const failures = (await Promise.all(attempts)).filter((failure) => failure !== undefined);
    if (failures.length === 0) return;
    for (const { errorMessage } of failures) log(`iot rule ${rule.name}: ${errorMessage}`);
    if (rule.errorAction === undefined) return;
    const report = jsonBytes(errorReport(rule, message, failures));
    const lost = await carryOut(rule, rule.errorAction, report, message.topic, ofErrorAction);
    if (lost) log(`iot rule ${rule.name}: the error action failed too: ${lost.errorMessage}`);
  };

  const apply = (rule: Rule, message: Message) => {
    const payload = select(rule.statement, message, Date.now());
    if (payload === undefined) return;
    count(rule, 'TopicMatch');
    const work = act(rule, message, payload).finally(() => underWay.delete(work));
    underWay.add(work);
  };

  return {
    put: (name, payload) => {
      rules.set(name, parseRule(name, payload));
    },
    take: (message) => {
      for (const rule of rules.values()) {
        if (rule.isEnabled) sparing(log, rule, () => apply(rule, message));
      }
    },
    settle: async () => {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
};

/** One rule that cannot read a message must not keep it from the others. */
const sparing = (log: (line: string) => void, rule: Rule, work: () => void) => {
  try {
    work();
  } catch (error) {
    log(`iot rule ${rule.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

interface Failure {
  failedAction: string;
  failedResource: string;
  errorMessage: string;
}

const attempt = async (
  deliver: Deliver,
  action: RuleAction,
  payload: Uint8Array,
  topic: string,
): Promise<Failure | undefined> => {
  try {
    await deliver(action, payload, topic);
    return undefined;
  } catch (error) {
    return {
      ...describeAction(action),
      errorMessage: error instanceof Error ? error.message : String(error),
    };
  }
};

const describeAction = (action: RuleAction) =>
  action.kind === 'sqs'
    ? { failedAction: 'SqsAction', failedResource: action.queueUrl }
    : { failedAction: 'LambdaAction', failedResource: action.functionArn };

/** https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html */
const errorReport = (rule: Rule, message: Message, failures: Failure[]) => ({
  ruleName: rule.name,
  topic: message.topic,
  cloudwatchTraceId: randomUUID(),
  clientId: message.clientId ?? 'N/A',
  base64OriginalPayload: Buffer.from(message.payload).toString('base64'),
  failures,
});
