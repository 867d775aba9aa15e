// Who exists and who may what: things, certificates, policies, and what is attached to what.
import { randomUUID, X509Certificate } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { Store } from '../store.ts';

export const certificateStatuses = ['ACTIVE', 'INACTIVE', 'REVOKED'] as const;
export type CertificateStatus = (typeof certificateStatuses)[number];

export interface Thing {
  name: string;
  id: string;
  attributes: Record<string, string>;
}

export interface Certificate {
  /** SHA-256 of the certificate in DER, in hex, as at AWS. */
  id: string;
  pem: string;
  status: CertificateStatus;
  /** Milliseconds, as are the following. */
  createdAt: number;
  modifiedAt: number;
  notBefore: number;
  notAfter: number;
}

interface Events {
  /** After anything that an authorization depends on; without an id it concerns every certificate. */
  changed: [certificateId?: string];
}

export type Registry = ReturnType<typeof openRegistry>;

export const openRegistry = (store: Store) => {
  const events = new EventEmitter<Events>();
  const changed = (certificateId?: string) => void events.emit('changed', certificateId);
  return {
    events,
    things: openThings(store),
    certificates: openCertificates(store, changed),
    policies: openPolicies(store, changed),
    thingPrincipals: openPairs(store, 'thing_principals', 'thing', changed),
    policyTargets: openPairs(store, 'policy_targets', 'policy', changed),
  };
};

type Changed = (certificateId?: string) => void;

const openThings = (store: Store) => {
  const select = store.prepare('SELECT name, id, attributes FROM things WHERE name = ?');
  const insert = store.prepare('INSERT INTO things (name, id, attributes) VALUES (?, ?, ?)');
  const remove = store.prepare('DELETE FROM things WHERE name = ?');
  const find = (name: string): Thing | undefined => {
    const row = select.get(name);
    return row && { name, id: String(row.id), attributes: JSON.parse(String(row.attributes)) };
  };
  return {
    find,
    /** The same thing again is no error; `undefined` where a different one has the name. */
    create: (name: string, attributes: Record<string, string>): Thing | undefined => {
      const known = find(name);
      if (known) return isDeepStrictEqual(known.attributes, attributes) ? known : undefined;
      const thing = { name, id: randomUUID(), attributes };
      insert.run(name, thing.id, JSON.stringify(attributes));
      return thing;
    },
    remove: (name: string) => {
      remove.run(name);
    },
  };
};

const openCertificates = (store: Store, changed: Changed) => {
  const select = store.prepare('SELECT * FROM certificates WHERE id = ?');
  const insert = store.prepare(
    'INSERT INTO certificates (id, pem, status, created_at, modified_at, not_before, not_after) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const update = store.prepare('UPDATE certificates SET status = ?, modified_at = ? WHERE id = ?');
  const remove = store.prepare('DELETE FROM certificates WHERE id = ?');
  return {
    find: (id: string): Certificate | undefined => {
      const row = select.get(id);
      return row && toCertificate(row);
    },
    add: (pem: string, status: CertificateStatus): Certificate => {
      const certificate = describePem(pem, status);
      const { id, createdAt, notBefore, notAfter } = certificate;
      insert.run(id, pem, status, createdAt, createdAt, notBefore, notAfter);
      return certificate;
    },
    setStatus: (id: string, status: CertificateStatus) => {
      update.run(status, Date.now(), id);
      changed(id);
    },
    remove: (id: string) => {
      remove.run(id);
      changed(id);
    },
  };
};

const describePem = (pem: string, status: CertificateStatus): Certificate => {
  const parsed = new X509Certificate(pem);
  const now = Date.now();
  return {
    id: certificateIdOf(parsed),
    pem,
    status,
    createdAt: now,
    modifiedAt: now,
    notBefore: Date.parse(parsed.validFrom),
    notAfter: Date.parse(parsed.validTo),
  };
};

export const certificateIdOf = ({ fingerprint256 }: X509Certificate): string =>
  fingerprint256.replaceAll(':', '').toLowerCase();

const toCertificate = (row: Record<string, unknown>): Certificate => ({
  id: String(row.id),
  pem: String(row.pem),
  status: row.status as CertificateStatus,
  createdAt: Number(row.created_at),
  modifiedAt: Number(row.modified_at),
  notBefore: Number(row.not_before),
  notAfter: Number(row.not_after),
});

const openPolicies = (store: Store, changed: Changed) => {
  const select = store.prepare('SELECT document FROM policies WHERE name = ?');
  const upsert = store.prepare('INSERT OR REPLACE INTO policies (name, document) VALUES (?, ?)');
  return {
    find: (name: string): unknown => {
      const row = select.get(name);
      return row && JSON.parse(String(row.document));
    },
    put: (name: string, document: unknown) => {
      upsert.run(name, JSON.stringify(document));
      changed();
    },
  };
};

/** What is attached to a certificate: both tables have the same shape. */
const openPairs = (
  store: Store,
  table: 'thing_principals' | 'policy_targets',
  column: 'thing' | 'policy',
  changed: Changed,
) => {
  const insert = store.prepare(`INSERT OR IGNORE INTO ${table} (${column}, certificate) VALUES (?, ?)`);
  const remove = store.prepare(`DELETE FROM ${table} WHERE ${column} = ? AND certificate = ?`);
  const certificates = store.prepare(
    `SELECT certificate FROM ${table} WHERE ${column} = ? ORDER BY certificate`,
  );
  const owners = store.prepare(
    `SELECT ${column} AS owner FROM ${table} WHERE certificate = ? ORDER BY ${column}`,
  );
  const removeAll = store.prepare(`DELETE FROM ${table} WHERE certificate = ?`);
  return {
    attach: (owner: string, certificate: string) => {
      insert.run(owner, certificate);
      changed(certificate);
    },
    detach: (owner: string, certificate: string) => {
      remove.run(owner, certificate);
      changed(certificate);
    },
    detachAll: (certificate: string) => {
      removeAll.run(certificate);
      changed(certificate);
    },
    certificatesOf: (owner: string) => certificates.all(owner).map((row) => String(row.certificate)),
    ownersOf: (certificate: string) => owners.all(certificate).map((row) => String(row.owner)),
  };
};
