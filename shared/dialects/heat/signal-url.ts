// Where a server reports its result: one URL per deployment, signed with the deployment's own secret, good for ninety days.
import type { Deployment } from './catalog.ts';
import type { ConfigDocument } from './config-document.ts';
import type { Input } from './io.ts';
import { isEmpty } from './python.ts';
import { type Signed, signedQuery } from './signing.ts';

const validMs = 90 * 24 * 60 * 60 * 1000;

export const signalExpiry = ({ body }: Deployment): number => Math.floor((body.openedAt + validMs) / 1000);

export const signedSignal = ({ organization, id }: Deployment, expires: number): Signed => ({
  purpose: 'signal',
  tenant: organization,
  id,
  expires,
});

/** The same whenever it is asked for, so that a server that polls sees no change where there is none. */
export const signalUrl = (baseUrl: string, deployment: Deployment): string => {
  const { organization, id, body } = deployment;
  const query = signedQuery(body.secret, signedSignal(deployment, signalExpiry(deployment)));
  return `${baseUrl}/v1/${encodeURIComponent(organization)}/deployments/${id}/signal?${query}`;
};

/** Transports that end in a request of the server; how that request is made is the verb's business. */
const verbs = new Map<unknown, 'POST' | 'PUT'>([
  ['CFN_SIGNAL', 'POST'],
  ['HEAT_SIGNAL', 'POST'],
  ['TEMP_URL_SIGNAL', 'PUT'],
]);

const inputNamed = (inputs: readonly Input[], name: string): unknown =>
  inputs.findLast((input) => input.name === name)?.value;

const filled = (inputs: readonly Input[], name: string, value: string): readonly Input[] =>
  isEmpty(inputNamed(inputs, name))
    ? [...inputs.filter((input) => input.name !== name), { name, type: 'String', value }]
    : inputs;

/**
 * A config that asks for a signal and names no place for it gets this deployment's, where the server reads it. A config is made
 * before its deployment and never changes, so this is the first moment at which both are known.
 */
export const withSignal = (
  document: ConfigDocument,
  deployment: Deployment,
  baseUrl: string,
): ConfigDocument => {
  const verb = verbs.get(inputNamed(document.inputs, 'deploy_signal_transport'));
  if (verb === undefined || !isEmpty(inputNamed(document.inputs, 'deploy_signal_id'))) return document;
  const withUrl = filled(document.inputs, 'deploy_signal_id', signalUrl(baseUrl, deployment));
  return { ...document, inputs: filled(withUrl, 'deploy_signal_verb', verb) };
};
