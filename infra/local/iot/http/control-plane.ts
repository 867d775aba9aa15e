// AWS IoT's control plane, as far as devices are provisioned with it: things, certificates, and what is attached to them.
import { invalidRequest } from './aws-error.ts';
import { certificateRoutes } from './certificate-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import type { ControlPlaneParts } from './registered.ts';
import type { Routes } from './routes.ts';
import { thingRoutes } from './thing-routes.ts';

export const controlPlaneRoutes = (parts: ControlPlaneParts): Routes => ({
  ...thingRoutes(parts),
  ...certificateRoutes(parts),
  ...policyRoutes(parts),
  'GET /endpoint': ({ query }) => {
    const type = query.get('endpointType');
    if (type !== 'iot:Data-ATS')
      throw invalidRequest(`The local AWS IoT has no endpoint of the type ${type}`);
    return { endpointAddress: parts.mqttEndpoint };
  },
});
