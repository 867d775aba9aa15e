// A certificate request must prove that its sender holds the key: checked before anybody signs.
import 'reflect-metadata';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import { type Refusal, refuse } from '#domain/refusal';

const fault = (reason: string): Refusal =>
  refuse('invalid', `csr ${reason}.`, { issues: [{ field: 'csr', reason }] });

export const csrFault = async (pem: string): Promise<Refusal | undefined> => {
  try {
    const verified = await new Pkcs10CertificateRequest(pem).verify();
    return verified ? undefined : fault('is not signed with its own key');
  } catch {
    return fault('is not a PKCS#10 certificate request in PEM');
  }
};
