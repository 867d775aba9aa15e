// A certificate authority that only pretends: what it issues can be told apart, not verified.
import { createHash } from 'node:crypto';
import type { CertificateRef, Certificates } from '#engine/ports';

export interface IssuedCertificate {
  readonly thing: string;
  readonly csr: string;
  readonly certificate: CertificateRef;
  readonly active: boolean;
}

export interface MemoryCertificates extends Certificates {
  /** Oldest first. */
  readonly issued: () => readonly IssuedCertificate[];
}

export const memoryEndpoint = { host: 'things.shadowcast.test', port: 8883 } as const;

const certificateOf = (thing: string, csr: string, number: number): CertificateRef => {
  // Signed twice is two certificates, as it is with AWS.
  const id = createHash('sha256')
    .update(JSON.stringify([thing, csr, number]))
    .digest('hex');
  const body = Buffer.from(id, 'hex').toString('base64');
  return {
    id,
    arn: `arn:aws:iot:us-east-1:123456789012:cert/${id}`,
    pem: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
  };
};

export const memoryCertificates = (): MemoryCertificates => {
  let issued: readonly IssuedCertificate[] = [];
  return {
    issue: async (thing, csr) => {
      const certificate = certificateOf(thing, csr, issued.length);
      issued = [...issued, { thing, csr, certificate, active: true }];
      return { ...certificate };
    },
    keepOnly: async (thing, kept) => {
      issued = issued.map((one) =>
        one.thing === thing && one.certificate.id !== kept?.id ? { ...one, active: false } : one,
      );
    },
    endpoint: async () => memoryEndpoint,
    issued: () => structuredClone(issued),
  };
};
