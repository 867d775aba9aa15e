// Makes a thing known and gives it a certificate: tied to this one thing, and to the policy that lets it be that thing only.
import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateCertificateFromCsrCommand,
  CreateThingCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-iot';
import type { CertificateRef } from '#engine/ports';
import { inOurWords } from '../fault.ts';
import { type Registry, unless } from './registry.ts';

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

export const issueCertificate = async (
  registry: Registry,
  thing: string,
  csr: string,
): Promise<CertificateRef> => {
  await makeKnown(registry, thing);
  const certificate = await sign(registry, csr);
  await attach(registry, thing, certificate.arn);
  return certificate;
};
