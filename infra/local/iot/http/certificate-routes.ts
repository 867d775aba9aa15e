// Certificates of devices: signed from a CSR by the local authority, activated, deactivated, deleted.
import { type Certificate, type CertificateStatus, certificateStatuses } from '../registry/registry.ts';
import { AwsError, invalidRequest } from './aws-error.ts';
import { type ControlPlaneParts, certificateOf, jsonBodyOf } from './registered.ts';
import type { RestRequest, Routes } from './routes.ts';

export const certificateRoutes = (parts: ControlPlaneParts): Routes => {
  const { registry, authority, arns } = parts;
  return {
    'POST /certificates': async (request) => {
      const { certificateSigningRequest } = jsonBodyOf(request);
      const pem = await authority.sign(String(certificateSigningRequest)).catch((cause: unknown) => {
        throw invalidRequest(
          `The CSR is not valid: ${cause instanceof Error ? cause.message : String(cause)}`,
        );
      });
      const isActive = request.query.get('setAsActive') === 'true';
      const { id } = registry.certificates.add(pem, isActive ? 'ACTIVE' : 'INACTIVE');
      return { certificateArn: arns.certificate(id), certificateId: id, certificatePem: pem };
    },

    'GET /certificates/{certificateId}': ({ params }) => ({
      certificateDescription: describe(parts, certificateOf(registry, params.certificateId ?? '')),
    }),

    'PUT /certificates/{certificateId}': (request) => {
      const { id } = certificateOf(registry, request.params.certificateId ?? '');
      registry.certificates.setStatus(id, newStatusOf(request));
      return {};
    },

    'DELETE /certificates/{certificateId}': ({ params, query }) => {
      const certificate = certificateOf(registry, params.certificateId ?? '');
      checkDeletable(parts, certificate, query.get('forceDelete') === 'true');
      registry.policyTargets.detachAll(certificate.id);
      registry.certificates.remove(certificate.id);
      return {};
    },
  };
};

const describe = ({ arns }: ControlPlaneParts, certificate: Certificate) => ({
  certificateArn: arns.certificate(certificate.id),
  certificateId: certificate.id,
  status: certificate.status,
  certificatePem: certificate.pem,
  creationDate: certificate.createdAt / 1000,
  lastModifiedDate: certificate.modifiedAt / 1000,
  validity: { notBefore: certificate.notBefore / 1000, notAfter: certificate.notAfter / 1000 },
  certificateMode: 'DEFAULT',
});

const newStatusOf = ({ query }: RestRequest): CertificateStatus => {
  const wanted = query.get('newStatus');
  const status = certificateStatuses.find((known) => known === wanted);
  if (status === undefined) throw invalidRequest(`${wanted} is not a status that a certificate can be given`);
  return status;
};

const checkDeletable = (
  { registry, arns }: ControlPlaneParts,
  { id, status }: Certificate,
  isForced: boolean,
) => {
  if (status === 'ACTIVE') {
    const message = `Certificate must be deactivated (not ACTIVE) before deletion. certificateId=${id}`;
    throw new AwsError('CertificateStateException', 406, message);
  }
  if (registry.thingPrincipals.ownersOf(id).length > 0) throw stillAttached('Things', arns.certificate(id));
  if (!isForced && registry.policyTargets.ownersOf(id).length > 0) {
    throw stillAttached('Certificate policies', arns.certificate(id));
  }
};

const stillAttached = (what: string, arn: string) =>
  new AwsError('DeleteConflictException', 409, `${what} must be detached before deletion (arn: ${arn})`);
