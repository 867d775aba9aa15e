// Policies are declared by the templates; here they are only attached to certificates.
import { resourceNotFound } from './aws-error.ts';
import { type ControlPlaneParts, certificateOfArn, jsonBodyOf } from './registered.ts';
import type { RestRequest, Routes } from './routes.ts';

export const policyRoutes = ({ registry, arns }: ControlPlaneParts): Routes => {
  const pairOf = (request: RestRequest) => {
    const policy = request.params.policyName ?? '';
    if (registry.policies.find(policy) === undefined) throw resourceNotFound(`Policy not found: ${policy}`);
    return [policy, certificateOfArn(registry, arns, jsonBodyOf(request).target).id] as const;
  };
  return {
    'PUT /target-policies/{policyName}': (request) => {
      registry.policyTargets.attach(...pairOf(request));
      return {};
    },

    'POST /target-policies/{policyName}': (request) => {
      registry.policyTargets.detach(...pairOf(request));
      return {};
    },

    'POST /attached-policies/{target}': ({ params }) => {
      const { id } = certificateOfArn(registry, arns, params.target);
      const names = registry.policyTargets.ownersOf(id);
      return { policies: names.map((policyName) => ({ policyName, policyArn: arns.policy(policyName) })) };
    },
  };
};
