// Takes certificates away from a thing, so that whatever stops us, the next attempt finds what is left to do.
import {
  DetachPolicyCommand,
  DetachThingPrincipalCommand,
  type IoTClient,
  ListThingPrincipalsCommand,
  ResourceNotFoundException,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot';
import type { CertificateRef } from '#engine/ports';
import { inOurWords } from '../fault.ts';
import { type Registry, unless } from './registry.ts';

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

export const withdrawOthers = async (
  registry: Registry,
  thing: string,
  kept: CertificateRef | null,
): Promise<void> => {
  const arns = await certificatesOf(registry, thing);
  for (const arn of arns) if (arn !== kept?.arn) await withdraw(registry, thing, arn);
};
