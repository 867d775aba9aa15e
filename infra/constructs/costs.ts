// What a stage costs, as expressions over what it uses: units and requests times list prices.
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricName } from '#operations/metrics';
import { prices } from '#operations/prices';
import type { HouseFunction } from './function.ts';
import { ofAws, ours, summed } from './metric.ts';
import { named, type Stage } from './stage.ts';
import type { Inventory } from './stage-inventory.ts';

/** Metric math knows no exponents. */
const written = (dollars: number): string => dollars.toFixed(12);

/** `amount` of what one value counts, each at a price per million. */
const times =
  (price: number, amount = 1) =>
  (id: string): string =>
    `${id} * ${written((price * amount) / 1_000_000)}`;

/** Lambda counts milliseconds. */
const gbSecondsPerMs = ({ memoryMb }: HouseFunction): number => memoryMb / 1024 / 1000;

export const costs = (stage: Stage, { functions, doors, rules }: Inventory): readonly MathExpression[] => {
  const own = ours(stage);
  const by = (name: MetricName) => functions.map((each) => own(name, 'Sum', { function: each.name }));
  const [gateway, lambda, iot, logs] = [ofAws('ApiGateway'), ofAws('Lambda'), ofAws('IoT'), ofAws('Logs')];

  return [
    summed('table', [...by('ReadUnits'), ...by('WriteUnits')], (id, index) =>
      times(index < functions.length ? prices.dynamoDbReadUnit : prices.dynamoDbWriteUnit)(id),
    ),
    summed(
      'functions',
      functions.flatMap(({ functionName: FunctionName }) => [
        lambda('Invocations', 'Sum', { FunctionName }),
        lambda('Duration', 'Sum', { FunctionName }),
      ]),
      (id, index) => {
        const each = functions[Math.floor(index / 2)];
        return index % 2 === 0 || each === undefined
          ? times(prices.lambdaRequest)(id)
          : times(prices.lambdaGbSecond, gbSecondsPerMs(each))(id);
      },
    ),
    summed(
      'door',
      doors.map(({ id }) => gateway('Count', 'SampleCount', { ApiId: id })),
      times(prices.httpRequest),
    ),
    summed('queues', by('QueueRequests'), times(prices.sqsRequest)),
    summed('shadows', by('ShadowOperations'), times(prices.iotShadowKb)),
    summed('messages to devices', by('DeviceMessages'), times(prices.iotMessage)),
    summed(
      'rules',
      rules.map(({ name }) => iot('TopicMatch', 'Sum', { RuleName: name })),
      // Each has come as a message, too.
      times(prices.iotRule + prices.iotRuleAction + prices.iotMessage),
    ),
    summed(
      'logs',
      functions.map(({ functionName }) =>
        logs('IncomingBytes', 'Sum', { LogGroupName: `/aws/lambda/${functionName}` }),
      ),
      times(prices.logByte),
    ),
  ];
};

/** All of it, reading and waiting included, for each deployment that a thing has confirmed in the same hour. */
export const costOfOne = (stage: Stage, inventory: Inventory): MathExpression => {
  const parts = costs(stage, inventory);
  const confirmed = ours(stage)('DeploymentConfirmed', 'Sum');
  return new MathExpression({
    label: `a million deployments of ${named(stage)}`,
    expression: `IF(confirmed > 0, 1000000 * (${parts.map((_, index) => `part${index}`).join(' + ')}) / confirmed)`,
    usingMetrics: { confirmed, ...Object.fromEntries(parts.map((part, index) => [`part${index}`, part])) },
    period: confirmed.period,
  });
};
