// The real certificates. A room of its own: the client for IoT Core's control plane is a third of the SDK that we carry.
import { IoTClient } from '@aws-sdk/client-iot';
import { iotCertificates } from '#adapters/iot/certificates';
import { clientSettings, watched } from './client.ts';

export const liveCertificates = (policyName: string) =>
  iotCertificates(watched(new IoTClient(clientSettings)), policyName);
