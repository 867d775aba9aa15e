// Things, and the certificates that are attached to them.
import { isObject, type JsonObject } from '../json.ts';
import { isThingName } from '../shadow/shadow-topics.ts';
import { AwsError, invalidRequest } from './aws-error.ts';
import { type ControlPlaneParts, certificateOfArn, jsonBodyOf, thingOf } from './registered.ts';
import type { Routes } from './routes.ts';

export const thingRoutes = ({ registry, arns }: ControlPlaneParts): Routes => ({
  'POST /things/{thingName}': (request) => {
    const name = request.params.thingName ?? '';
    if (!isThingName(name)) throw invalidRequest('Invalid thing name');
    const thing = registry.things.create(name, attributesOf(jsonBodyOf(request)));
    if (thing === undefined) throw alreadyExists(name);
    return { thingName: name, thingArn: arns.thing(name), thingId: thing.id };
  },

  'GET /things/{thingName}': ({ params }) => {
    const { name, id, attributes } = thingOf(registry, params.thingName ?? '');
    return {
      defaultClientId: name,
      thingName: name,
      thingId: id,
      thingArn: arns.thing(name),
      attributes,
      version: 1,
    };
  },

  'DELETE /things/{thingName}': ({ params }) => {
    const name = params.thingName ?? '';
    if (registry.thingPrincipals.certificatesOf(name).length > 0) {
      throw invalidRequest(`Cannot delete. Thing ${name} is still attached to one or more principals`);
    }
    registry.things.remove(name);
    return {};
  },

  'PUT /things/{thingName}/principals': ({ params, header }) => {
    const thing = thingOf(registry, params.thingName ?? '');
    registry.thingPrincipals.attach(
      thing.name,
      certificateOfArn(registry, arns, header('x-amzn-principal')).id,
    );
    return {};
  },

  'DELETE /things/{thingName}/principals': ({ params, header }) => {
    const thing = thingOf(registry, params.thingName ?? '');
    registry.thingPrincipals.detach(
      thing.name,
      certificateOfArn(registry, arns, header('x-amzn-principal')).id,
    );
    return {};
  },

  'GET /things/{thingName}/principals': ({ params }) => {
    const thing = thingOf(registry, params.thingName ?? '');
    return { principals: registry.thingPrincipals.certificatesOf(thing.name).map(arns.certificate) };
  },
});

const alreadyExists = (name: string) =>
  new AwsError(
    'ResourceAlreadyExistsException',
    409,
    `Thing ${name} already exists in account with different properties`,
  );

/** Thing types and billing groups do not exist here, so asking for one is an error. */
const attributesOf = ({ attributePayload, ...others }: JsonObject): Record<string, string> => {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalidRequest(`${unknown} is not served by the local AWS IoT`);
  const attributes = isObject(attributePayload) ? (attributePayload.attributes ?? {}) : {};
  const isText =
    isObject(attributes) && Object.values(attributes).every((value) => typeof value === 'string');
  if (!isText) throw invalidRequest('Attributes must be strings');
  return attributes as Record<string, string>;
};
