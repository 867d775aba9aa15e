// Certificates for a door of which only few calls need them: what they are made of is loaded with the first of these.
import type { Certificates } from '#engine/ports';

export const seldomCertificates = (policyName: string): Certificates => {
  const load = async () => (await import('./live-certificates.ts')).liveCertificates(policyName);
  let loaded: Promise<Certificates> | undefined;
  const certificates = () => {
    loaded ??= load();
    return loaded;
  };
  return {
    issue: async (thing, csr) => (await certificates()).issue(thing, csr),
    keepOnly: async (thing, kept) => (await certificates()).keepOnly(thing, kept),
    endpoint: async () => (await certificates()).endpoint(),
  };
};
