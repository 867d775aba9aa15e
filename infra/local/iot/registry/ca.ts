// The local certificate authority: its key and certificate on disk, the server's certificate, and certificates for devices.
import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

export interface CertificateAuthority {
  caFile: string;
  caPem: string;
  server: { key: string; cert: string };
  /** Refuses with an Error that says why. */
  sign(csrPem: string): Promise<string>;
}

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;
/** As AWS signs certificates for devices. */
const farAway = new Date('2049-12-31T23:59:59Z');
const serverDays = 397;

export const openCertificateAuthority = async (dataDir: string): Promise<CertificateAuthority> => {
  const files = { key: join(dataDir, 'ca-key.pem'), certificate: join(dataDir, 'ca.pem') };
  if (!(existsSync(files.key) && existsSync(files.certificate))) await createAuthority(files);
  const caPem = readFileSync(files.certificate, 'utf8');
  const issuer = {
    certificate: new x509.X509Certificate(caPem),
    key: await importPrivateKey(readFileSync(files.key, 'utf8')),
  };
  return {
    caFile: files.certificate,
    caPem,
    server: await issueServerCertificate(issuer),
    sign: (csrPem) => signRequest(issuer, csrPem),
  };
};

interface Issuer {
  certificate: x509.X509Certificate;
  key: webcrypto.CryptoKey;
}

const createAuthority = async (files: { key: string; certificate: string }) => {
  const keys = await generateKeys();
  const usages = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Local IoT CA',
    keys,
    notBefore: anHourAgo(),
    notAfter: farAway,
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(usages, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  // The key first: a certificate on disk means that its key is there too.
  writeWhole(files.key, await exportPrivateKey(keys.privateKey), 0o600);
  writeWhole(files.certificate, certificate.toString('pem'), 0o644);
};

/** A new one at every start: nobody pins it. */
const issueServerCertificate = async (issuer: Issuer) => {
  const keys = await generateKeys();
  const names = [
    { type: 'dns', value: 'localhost' },
    { type: 'ip', value: '127.0.0.1' },
  ] as const;
  const certificate = await issue(issuer, {
    subject: 'CN=localhost',
    publicKey: keys.publicKey,
    notAfter: new Date(Date.now() + serverDays * 24 * 60 * 60 * 1000),
    usage: x509.ExtendedKeyUsage.serverAuth,
    extensions: [new x509.SubjectAlternativeNameExtension([...names])],
  });
  return { key: await exportPrivateKey(keys.privateKey), cert: certificate };
};

const signRequest = async (issuer: Issuer, csrPem: string): Promise<string> => {
  const request = new x509.Pkcs10CertificateRequest(csrPem);
  if (!(await request.verify()))
    throw new Error('The signature of the certificate signing request is not valid');
  return issue(issuer, {
    subject: request.subject || 'CN=AWS IoT Certificate',
    publicKey: request.publicKey,
    notAfter: farAway,
    usage: x509.ExtendedKeyUsage.clientAuth,
    extensions: [],
  });
};

interface Issued {
  subject: string;
  publicKey: x509.PublicKeyType;
  notAfter: Date;
  usage: x509.ExtendedKeyUsage;
  extensions: x509.Extension[];
}

const issue = async ({ certificate, key }: Issuer, wanted: Issued): Promise<string> => {
  const issued = await x509.X509CertificateGenerator.create({
    subject: wanted.subject,
    issuer: certificate.subject,
    publicKey: wanted.publicKey,
    signingKey: key,
    signingAlgorithm,
    notBefore: anHourAgo(),
    notAfter: wanted.notAfter,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([wanted.usage]),
      await x509.AuthorityKeyIdentifierExtension.create(certificate.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(wanted.publicKey),
      ...wanted.extensions,
    ],
  });
  return issued.toString('pem');
};

const generateKeys = () => crypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);

const exportPrivateKey = async (key: webcrypto.CryptoKey) =>
  x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');

const importPrivateKey = (pem: string) =>
  crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), keyAlgorithm, false, ['sign']);

/** A device's clock may be a little behind. */
const anHourAgo = () => new Date(Date.now() - 60 * 60 * 1000);

const writeWhole = (file: string, text: string, mode: number) => {
  writeFileSync(`${file}.new`, text, { mode });
  chmodSync(`${file}.new`, mode);
  renameSync(`${file}.new`, file);
};
