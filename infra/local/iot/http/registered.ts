// Looking things and certificates up, or answering as AWS does when they are not there.
import { decodeUtf8, isObject, type JsonObject, parseJson } from '../json.ts';
import type { Arns } from '../registry/arns.ts';
import type { CertificateAuthority } from '../registry/ca.ts';
import type { Certificate, Registry, Thing } from '../registry/registry.ts';
import { invalidRequest, resourceNotFound } from './aws-error.ts';
import type { RestRequest } from './routes.ts';

export interface ControlPlaneParts {
  registry: Registry;
  authority: CertificateAuthority;
  arns: Arns;
  mqttEndpoint: string;
}

export const thingOf = (registry: Registry, name: string): Thing => {
  const thing = registry.things.find(name);
  if (thing === undefined) throw resourceNotFound(`Thing ${name} does not exist`);
  return thing;
};

export const certificateOf = (registry: Registry, id: string): Certificate => {
  const certificate = registry.certificates.find(id);
  if (certificate === undefined) throw resourceNotFound(`The certificate given does not exist. ${id}`);
  return certificate;
};

/** Principals and targets are certificates here: the local AWS IoT has no thing groups and no Cognito. */
export const certificateOfArn = (registry: Registry, arns: Arns, arn: unknown): Certificate => {
  const id = typeof arn === 'string' ? arns.certificateId(arn) : undefined;
  if (id === undefined)
    throw invalidRequest(`${String(arn)} is not the ARN of a certificate in this account`);
  return certificateOf(registry, id);
};

export const jsonBodyOf = ({ body }: RestRequest): JsonObject => {
  const parsed = body.length === 0 ? {} : parseJson(decodeUtf8(body) ?? '');
  if (!isObject(parsed)) throw invalidRequest('The body is not a JSON object');
  return parsed;
};
