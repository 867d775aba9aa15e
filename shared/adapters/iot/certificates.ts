// Certificates of things, signed by AWS IoT Core.
import type { IoTClient } from '@aws-sdk/client-iot';
import type { Certificates } from '#engine/ports';
import { cachedEndpoint } from './endpoint.ts';
import { issueCertificate } from './issue-certificate.ts';
import { withdrawOthers } from './withdraw-certificates.ts';

export const iotCertificates = (client: IoTClient, policyName: string): Certificates => {
  const registry = { client, policyName };
  return {
    issue: (thing, csr) => issueCertificate(registry, thing, csr),
    keepOnly: (thing, kept) => withdrawOthers(registry, thing, kept),
    endpoint: cachedEndpoint(client),
  };
};
