// All scopes that some route asks for: a key with any other opens nothing, which its user would find out late.
import type { Contract } from '#dialects/contract';
import { contract as device } from '#dialects/device/contract';
import { contract as heat } from '#dialects/heat/contract';
import { contract as humanitec } from '#dialects/humanitec/contract';
import { contract as miru } from '#dialects/miru/contract';
import { UsageError } from './surroundings.ts';

const contracts: readonly Contract[] = [device, heat, humanitec, miru];

/** Asked for beside the route's own, by what stands in the body. */
const askedByBody = ['deployments:stage', 'deployments:deploy'];

const askedByRoutes = contracts
  .flatMap((contract) => Object.values(contract))
  .flatMap(({ scopes }) => (scopes === 'public' ? [] : scopes));

const asked = [...askedByRoutes, ...askedByBody];

/** `x:manage` is every scope of x. */
const managing = asked.map((scope) => `${scope.split(':')[0]}:manage`);

export const knownScopes: readonly string[] = [...new Set([...asked, ...managing])].sort();

export const refuseUnknownScopes = (scopes: readonly string[]): void => {
  const wrong = scopes.find((scope) => scope !== '*' && !knownScopes.includes(scope));
  if (wrong === undefined) return;
  throw new UsageError(
    `No route asks for ${wrong}. There are '*', which is every scope, and:\n  ${knownScopes.join('\n  ')}`,
  );
};
