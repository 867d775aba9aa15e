// What a request to AWS IoT's two HTTP APIs needs to be allowed, by its route.

import type { RestRequest } from '../../iot/http/routes.ts';
import { decodeUtf8, parseJson } from '../../iot/json.ts';
import type { Need } from '../evaluate.ts';
import type { Place } from './place.ts';

type Asked = Pick<RestRequest, 'params' | 'query' | 'header' | 'body'>;
type Resource = (asked: Asked, arn: (kind: string, name: string | undefined) => string) => string;

const thing: Resource = ({ params }, arn) => arn('thing', params.thingName);
const certificate: Resource = ({ params }, arn) => arn('cert', params.certificateId);
const policy: Resource = ({ params }, arn) => arn('policy', params.policyName);
const topic: Resource = ({ params }, arn) => arn('topic', params.topic);
const everything: Resource = () => '*';

/** A named shadow is a resource below its thing. */
const shadow: Resource = ({ params, query }, arn) => {
  const name = query.get('name') ?? '';
  return arn('thing', name === '' ? params.thingName : `${params.thingName}/${name}`);
};

const principal: Resource = ({ header }) => header('x-amzn-principal') ?? '*';

const target: Resource = ({ body, params }) =>
  params.target ?? String(Object(parseJson(decodeUtf8(body) ?? '')).target);

/**
 * Where AWS's pages differ about which resource an action is asked about, all of them are: a role that satisfies every reading is right
 * whichever is true.
 */
const needsOf: Readonly<Record<string, readonly (readonly [action: string, resource: Resource])[]>> = {
  'GET /things/{thingName}/shadow': [['GetThingShadow', shadow]],
  'POST /things/{thingName}/shadow': [['UpdateThingShadow', shadow]],
  'DELETE /things/{thingName}/shadow': [['DeleteThingShadow', shadow]],
  'GET /api/things/shadow/ListNamedShadowsForThing/{thingName}': [['ListNamedShadowsForThing', thing]],
  'POST /topics/{topic}': [['Publish', topic]],
  'POST /things/{thingName}': [['CreateThing', thing]],
  'GET /things/{thingName}': [['DescribeThing', thing]],
  'DELETE /things/{thingName}': [['DeleteThing', thing]],
  'GET /things/{thingName}/principals': [['ListThingPrincipals', thing]],
  'PUT /things/{thingName}/principals': [
    ['AttachThingPrincipal', thing],
    ['AttachThingPrincipal', principal],
  ],
  'DELETE /things/{thingName}/principals': [
    ['DetachThingPrincipal', thing],
    ['DetachThingPrincipal', principal],
  ],
  'POST /certificates': [['CreateCertificateFromCsr', everything]],
  'GET /certificates/{certificateId}': [['DescribeCertificate', certificate]],
  'PUT /certificates/{certificateId}': [['UpdateCertificate', certificate]],
  'DELETE /certificates/{certificateId}': [['DeleteCertificate', certificate]],
  'PUT /target-policies/{policyName}': [
    ['AttachPolicy', target],
    ['AttachPolicy', policy],
  ],
  'POST /target-policies/{policyName}': [
    ['DetachPolicy', target],
    ['DetachPolicy', policy],
  ],
  'POST /attached-policies/{target}': [['ListAttachedPolicies', target]],
  'GET /endpoint': [['DescribeEndpoint', everything]],
};

const isRetained = ({ query }: Asked): boolean => query.get('retain') === 'true';

export const iotNeeds =
  ({ partition, region, accountId }: Place) =>
  (route: string, asked: Asked): Need[] => {
    const arn = (kind: string, name = ''): string =>
      `arn:${partition}:iot:${region}:${accountId}:${kind}/${name}`;
    const rows = needsOf[route];
    // A route without a row is one that nobody but the administrator may use.
    if (rows === undefined) return [{ action: `iot:${route}`, resource: '*' }];
    const retained = route === 'POST /topics/{topic}' && isRetained(asked);
    return [...rows, ...(retained ? [['RetainPublish', topic] as const] : [])].map(([action, resource]) => ({
      action: `iot:${action}`,
      resource: resource(asked, arn),
    }));
  };
