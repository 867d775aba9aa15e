// Certificates of things: signed by AWS IoT Core, tied to one thing and to the policy that lets it be that thing only.
import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateCertificateFromCsrCommand,
  CreateThingCommand,
  DescribeEndpointCommand,
  DetachPolicyCommand,
  DetachThingPrincipalCommand,
  type IoTClient,
  ListThingPrincipalsCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot';
import type { CertificateRef, Certificates } from '#engine/ports';
import { faultOf, inOurWords } from '../fault.ts';

interface Registry {
  readonly client: IoTClient;
  readonly policyName: string;
}

type ExpectedError = typeof ResourceNotFoundException | typeof ResourceAlreadyExistsException;

/** `ask`, where one refusal says that there is nothing left to do. */
const unless = async (call: string, expected: ExpectedError, ask: () => Promise<unknown>): Promise<void> => {
  try {
    await ask();
  } catch (error) {
    if (!(error instanceof expected)) throw faultOf(call, error);
  }
};

// ---- issuing

/** AWS refuses only one whose attributes somebody has changed: it is known all the same. */
const makeKnown = ({ client }: Registry, thingName: string): Promise<void> =>
  unless('IoT CreateThing', ResourceAlreadyExistsException, () =>
    client.send(new CreateThingCommand({ thingName })),
  );

const sign = async ({ client }: Registry, csr: string): Promise<CertificateRef> => {
  const command = new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr, setAsActive: true });
  const { certificateId, certificateArn, certificatePem } = await inOurWords(
    'IoT CreateCertificateFromCsr',
    () => client.send(command),
  );
  if (certificateId === undefined || certificateArn === undefined || certificatePem === undefined)
    throw new Error('IoT CreateCertificateFromCsr answered without a certificate.');
  return { id: certificateId, arn: certificateArn, pem: certificatePem };
};

/** The thing first: whatever stops us then, `keepOnly` finds the certificate by its thing. */
const attach = async ({ client, policyName }: Registry, thingName: string, arn: string): Promise<void> => {
  await inOurWords('IoT AttachThingPrincipal', () =>
    client.send(new AttachThingPrincipalCommand({ thingName, principal: arn })),
  );
  await inOurWords('IoT AttachPolicy', () =>
    client.send(new AttachPolicyCommand({ policyName, target: arn })),
  );
};

// ---- withdrawing

const principalsPage = (client: IoTClient, thingName: string, nextToken: string | undefined) =>
  inOurWords('IoT ListThingPrincipals', () =>
    client.send(
      new ListThingPrincipalsCommand({ thingName, ...(nextToken === undefined ? {} : { nextToken }) }),
    ),
  );

const isUnknown = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof ResourceNotFoundException;

const certificatesOf = async ({ client }: Registry, thingName: string): Promise<string[]> => {
  const arns: string[] = [];
  let nextToken: string | undefined;
  try {
    do {
      const page = await principalsPage(client, thingName, nextToken);
      arns.push(...(page.principals ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  } catch (error) {
    if (!isUnknown(error)) throw error;
  }
  return arns.filter((arn) => arn.includes(':cert/'));
};

const idOf = (arn: string): string => arn.slice(arn.indexOf(':cert/') + ':cert/'.length);

/** Detached from its thing last: until then a repeat finds it. */
const withdraw = async ({ client, policyName }: Registry, thingName: string, arn: string): Promise<void> => {
  await unless('IoT UpdateCertificate', ResourceNotFoundException, () =>
    client.send(new UpdateCertificateCommand({ certificateId: idOf(arn), newStatus: 'INACTIVE' })),
  );
  await unless('IoT DetachPolicy', ResourceNotFoundException, () =>
    client.send(new DetachPolicyCommand({ policyName, target: arn })),
  );
  await unless('IoT DetachThingPrincipal', ResourceNotFoundException, () =>
    client.send(new DetachThingPrincipalCommand({ thingName, principal: arn })),
  );
};

// ---- where to connect

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

export const iotCertificates = (client: IoTClient, policyName: string): Certificates => {
  const registry = { client, policyName };
  return {
    issue: async (thing, csr) => {
      await makeKnown(registry, thing);
      const certificate = await sign(registry, csr);
      await attach(registry, thing, certificate.arn);
      return certificate;
    },
    keepOnly: async (thing, kept) => {
      const arns = await certificatesOf(registry, thing);
      for (const arn of arns) if (arn !== kept?.arn) await withdraw(registry, thing, arn);
    },
    endpoint: cached(() => askForEndpoint(client)),
  };
};
