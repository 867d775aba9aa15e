// The device door's contract: what a thing may ask before it has a certificate.
import { activationAnswer, activationRequest, activationRoute } from '#device/activation';
import { defineContract } from '../contract.ts';

export const contract = defineContract({
  [activationRoute]: {
    summary: 'Exchange an activation token and a CSR for a certificate.',
    // The token in the body is the credential.
    scopes: 'public',
    body: activationRequest,
    answer: activationAnswer,
  },
});
