// The names of things, certificates and policies, as AWS writes them.
export interface Arns {
  prefix: string;
  thing(name: string): string;
  certificate(id: string): string;
  policy(name: string): string;
  /** `undefined` for anything but a certificate of this account and region. */
  certificateId(arn: string): string | undefined;
}

export const arnsOf = (region: string, accountId: string): Arns => {
  const prefix = `arn:aws:iot:${region}:${accountId}:`;
  return {
    prefix,
    thing: (name) => `${prefix}thing/${name}`,
    certificate: (id) => `${prefix}cert/${id}`,
    policy: (name) => `${prefix}policy/${name}`,
    certificateId: (arn) =>
      arn.startsWith(`${prefix}cert/`) ? arn.slice(`${prefix}cert/`.length) : undefined,
  };
};
