// Where things connect: the account's own address, which the templates cannot know.
import { DescribeEndpointCommand, type IoTClient } from '@aws-sdk/client-iot';
import type { Certificates } from '#engine/ports';
import { inOurWords } from '../fault.ts';

const mqttPort = 8883;

type Endpoint = Awaited<ReturnType<Certificates['endpoint']>>;

const parseEndpoint = (address: string): Endpoint => {
  const { hostname, port } = new URL(`mqtts://${address}`);
  return { host: hostname, port: port === '' ? mqttPort : Number(port) };
};

const askForEndpoint = async (client: IoTClient): Promise<Endpoint> => {
  const command = new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' });
  const { endpointAddress } = await inOurWords('IoT DescribeEndpoint', () => client.send(command));
  if (endpointAddress === undefined) throw new Error('IoT DescribeEndpoint answered without an address.');
  return parseEndpoint(endpointAddress);
};

/** It never changes within an account and region. */
const cached = <Answer>(ask: () => Promise<Answer>): (() => Promise<Answer>) => {
  let answer: Promise<Answer> | undefined;
  return () => {
    answer ??= ask().catch((error: unknown) => {
      answer = undefined;
      throw error;
    });
    return answer;
  };
};

export const cachedEndpoint = (client: IoTClient): Certificates['endpoint'] =>
  cached(() => askForEndpoint(client));
