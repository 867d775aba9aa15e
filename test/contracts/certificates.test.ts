// What the device door may rely on when it issues and withdraws certificates, whoever signs them.
import {
  CreateThingCommand,
  DescribeCertificateCommand,
  DescribeEndpointCommand,
  IoTClient,
  ListThingPrincipalsCommand,
} from '@aws-sdk/client-iot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iotCertificates } from '#adapters/iot/certificates';
import { memoryCertificates } from '#adapters/memory/certificates';
import { type CertificateRef, type Certificates, Unavailable } from '#engine/ports';
import { connect, createCsr, policyName, startWorld, type World } from '#test/local/iot/support';

interface Authority {
  readonly certificates: Certificates;
  /** May something connect with it? */
  readonly works: (certificate: CertificateRef) => Promise<boolean>;
}

let things = 0;
const newThing = (): string => `robot-${things++}`;
const csrOf = async (thing: string): Promise<string> => (await createCsr(thing)).csr;

const certificatesContract = (make: () => Promise<Authority>) => {
  it('issues a certificate that works', async () => {
    const { certificates, works } = await make();
    const thing = newThing();
    const certificate = await certificates.issue(thing, await csrOf(thing));
    expect(certificate).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      arn: expect.stringMatching(`:cert/${certificate.id}$`),
      pem: expect.stringMatching(/^-----BEGIN CERTIFICATE-----\n/),
    });
    expect(await works(certificate)).toBe(true);
  });

  it('issues another one for the same request', async () => {
    const { certificates } = await make();
    const thing = newThing();
    const csr = await csrOf(thing);
    const [one, other] = [await certificates.issue(thing, csr), await certificates.issue(thing, csr)];
    expect(one.id).not.toBe(other.id);
  });

  it('keeps only the one that shall stay, and no matter how often', async () => {
    const { certificates, works } = await make();
    const thing = newThing();
    const issued = [];
    for (let number = 0; number < 3; number += 1)
      issued.push(await certificates.issue(thing, await csrOf(thing)));
    const [first, second, third] = issued as [CertificateRef, CertificateRef, CertificateRef];
    for (let times = 0; times < 2; times += 1) {
      await certificates.keepOnly(thing, second);
      expect([await works(first), await works(second), await works(third)]).toEqual([false, true, false]);
    }
  });

  it('keeps none, and issues anew after that', async () => {
    const { certificates, works } = await make();
    const thing = newThing();
    const before = await certificates.issue(thing, await csrOf(thing));
    await certificates.keepOnly(thing, null);
    expect(await works(before)).toBe(false);
    expect(await works(await certificates.issue(thing, await csrOf(thing)))).toBe(true);
  });

  it('leaves the certificates of other things alone', async () => {
    const { certificates, works } = await make();
    const [thing, other] = [newThing(), newThing()];
    const theirs = await certificates.issue(other, await csrOf(other));
    await certificates.issue(thing, await csrOf(thing));
    await certificates.keepOnly(thing, null);
    expect(await works(theirs)).toBe(true);
  });

  it('has nothing to withdraw from a thing that it does not know', async () => {
    const { certificates } = await make();
    await expect(certificates.keepOnly(newThing(), null)).resolves.toBeUndefined();
  });

  it('says where things connect', async () => {
    const { certificates } = await make();
    expect(await certificates.endpoint()).toEqual({ host: expect.any(String), port: expect.any(Number) });
  });
};

describe('certificates in memory', () =>
  certificatesContract(async () => {
    const certificates = memoryCertificates();
    return {
      certificates,
      works: async ({ id }) =>
        certificates.issued().some(({ certificate, active }) => certificate.id === id && active),
    };
  }));

describe('certificates in AWS IoT Core', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.end());

  const statusOf = async ({ id }: CertificateRef) =>
    (await world.control.send(new DescribeCertificateCommand({ certificateId: id }))).certificateDescription
      ?.status;

  const principalsOf = async (thingName: string) =>
    (await world.control.send(new ListThingPrincipalsCommand({ thingName }))).principals;

  certificatesContract(async () => ({
    certificates: iotCertificates(world.control, policyName),
    works: async (certificate) => (await statusOf(certificate)) === 'ACTIVE',
  }));

  it('let their thing connect until they are withdrawn', async () => {
    const certificates = iotCertificates(world.control, policyName);
    const thing = newThing();
    const { csr, keyPem } = await createCsr(thing);
    const certificate = await certificates.issue(thing, csr);
    const device = {
      thing,
      keyPem,
      certificateId: certificate.id,
      certificateArn: certificate.arn,
      certificatePem: certificate.pem,
    };
    const connected = await connect(world, device);
    const closed = new Promise<void>((resolve) => connected.once('close', () => resolve()));
    await certificates.keepOnly(thing, null);
    await closed;
    await connected.endAsync(true);
    await expect(connect(world, device)).rejects.toThrow();
    expect(await principalsOf(thing)).toEqual([]);
  });

  it('are issued for a thing that somebody made with attributes of their own', async () => {
    const thingName = newThing();
    await world.control.send(
      new CreateThingCommand({ thingName, attributePayload: { attributes: { a: 'b' } } }),
    );
    const issued = await iotCertificates(world.control, policyName).issue(thingName, await csrOf(thingName));
    expect(await principalsOf(thingName)).toEqual([issued.arn]);
  });

  /** A client that dies at its first request of a kind. */
  const dyingAt = (command: string): IoTClient => {
    const { credentials, region, endpoint } = world.control.config;
    const client = new IoTClient({ credentials, region, ...(endpoint === undefined ? {} : { endpoint }) });
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === command) throw new Error('out of power');
          return next(args);
        },
      { step: 'initialize' },
    );
    return client;
  };

  it('are found and withdrawn when issuing died before they were whole', async () => {
    const thing = newThing();
    const dying = iotCertificates(dyingAt('AttachPolicyCommand'), policyName);
    await expect(dying.issue(thing, await csrOf(thing))).rejects.toThrow('out of power');
    expect(await principalsOf(thing)).toHaveLength(1);
    await iotCertificates(world.control, policyName).keepOnly(thing, null);
    expect(await principalsOf(thing)).toEqual([]);
  });

  it.each(['UpdateCertificateCommand', 'DetachPolicyCommand', 'DetachThingPrincipalCommand'])(
    'are withdrawn the next time when withdrawing died before %s',
    async (command) => {
      const thing = newThing();
      const certificates = iotCertificates(world.control, policyName);
      const certificate = await certificates.issue(thing, await csrOf(thing));
      await expect(iotCertificates(dyingAt(command), policyName).keepOnly(thing, null)).rejects.toThrow(
        'out of power',
      );
      await certificates.keepOnly(thing, null);
      expect(await statusOf(certificate)).toBe('INACTIVE');
      expect(await principalsOf(thing)).toEqual([]);
    },
  );

  it('are a fault for a request that cannot be signed', async () => {
    const issuing = iotCertificates(world.control, policyName).issue(newThing(), 'no CSR');
    await expect(issuing).rejects.toMatchObject({
      name: 'Error',
      cause: { name: 'InvalidRequestException' },
    });
  });

  describe('and where things connect', () => {
    /** Answers addresses one after the other, and says how often it was asked. */
    const answering = (...addresses: readonly (string | Error)[]) => {
      const left = [...addresses];
      const client = new IoTClient({
        region: 'us-east-1',
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      });
      client.middlewareStack.add(
        () => async (args) => {
          expect(args.input).toEqual(new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' }).input);
          const answer = left.shift();
          if (answer instanceof Error) throw answer;
          return { response: {}, output: { $metadata: {}, endpointAddress: answer } as never };
        },
        { step: 'initialize' },
      );
      return { certificates: iotCertificates(client, policyName), left };
    };

    it.each([
      ['a1b2-ats.iot.eu-west-1.amazonaws.com', { host: 'a1b2-ats.iot.eu-west-1.amazonaws.com', port: 8883 }],
      ['localhost:12345', { host: 'localhost', port: 12345 }],
    ])('is read off %s', async (address, endpoint) => {
      expect(await answering(address).certificates.endpoint()).toEqual(endpoint);
    });

    it('is asked for once', async () => {
      const { certificates, left } = answering('one.example', 'other.example');
      const answers = await Promise.all([certificates.endpoint(), certificates.endpoint()]);
      expect(answers.map(({ host }) => host)).toEqual(['one.example', 'one.example']);
      expect(left).toEqual(['other.example']);
    });

    it('is asked for again when the answer was a fault', async () => {
      const busy = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
      const { certificates } = answering(busy, 'other.example');
      await expect(certificates.endpoint()).rejects.toThrow(Unavailable);
      expect((await certificates.endpoint()).host).toBe('other.example');
    });
  });
});
