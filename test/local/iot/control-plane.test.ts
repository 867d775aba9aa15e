// AWS's control plane client against the local endpoint: things and certificates from the first request to the last.
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CertificateStateException,
  CreateCertificateFromCsrCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DeleteCertificateCommand,
  DeleteConflictException,
  DeleteThingCommand,
  DescribeCertificateCommand,
  DescribeEndpointCommand,
  DescribeThingCommand,
  DetachPolicyCommand,
  DetachThingPrincipalCommand,
  InvalidRequestException,
  IoTClient,
  ListAttachedPoliciesCommand,
  ListThingPrincipalsCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountId, createCsr, policyName, provision, region, startWorld, type World } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.end());

describe('a thing', () => {
  it('is created, and created again without an error', async () => {
    const create = () => world.control.send(new CreateThingCommand({ thingName: 'one' }));

    const first = await create();

    expect(await create()).toMatchObject({ thingId: first.thingId, thingName: 'one' });
    expect(first.thingArn).toBe(`arn:aws:iot:${region}:${accountId}:thing/one`);
  });

  it('is refused where another one has the name', async () => {
    const create = (color: string) =>
      world.control.send(
        new CreateThingCommand({ thingName: 'two', attributePayload: { attributes: { color } } }),
      );
    await create('red');

    await expect(create('green')).rejects.toThrow(ResourceAlreadyExistsException);
  });

  it('is described, deleted and then gone', async () => {
    const name = { thingName: 'three' };
    await world.control.send(
      new CreateThingCommand({ ...name, attributePayload: { attributes: { a: 'b' } } }),
    );

    expect(await world.control.send(new DescribeThingCommand(name))).toMatchObject({
      ...name,
      attributes: { a: 'b' },
    });
    await world.control.send(new DeleteThingCommand(name));

    await expect(world.control.send(new DescribeThingCommand(name))).rejects.toThrow(
      ResourceNotFoundException,
    );
  });

  it('stays while a certificate is attached', async () => {
    const device = await provision(world, 'four');
    const principal = device.certificateArn;
    const remove = () => world.control.send(new DeleteThingCommand({ thingName: 'four' }));

    await expect(remove()).rejects.toThrow(InvalidRequestException);
    await world.control.send(new DetachThingPrincipalCommand({ thingName: 'four', principal }));

    await expect(remove()).resolves.toBeDefined();
  });

  it('has the certificates that are attached to it', async () => {
    const device = await provision(world, 'five');

    const { principals } = await world.control.send(new ListThingPrincipalsCommand({ thingName: 'five' }));

    expect(principals).toEqual([device.certificateArn]);
  });
});

describe('a certificate', () => {
  it('is signed from a CSR by the local authority, and its id is its fingerprint', async () => {
    const { certificatePem, certificateId, certificateArn } = await provision(world, 'signed');
    const certificate = new X509Certificate(certificatePem);
    const authority = new X509Certificate(readFileSync(world.core.mqtt.caFile));

    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(certificateId);
    expect(certificateArn).toBe(`arn:aws:iot:${region}:${accountId}:cert/${certificateId}`);
    expect(certificate.ca).toBe(false);
  });

  it('is inactive unless it is asked for active', async () => {
    const { csr } = await createCsr('quiet');
    const { certificateId } = await world.control.send(
      new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr }),
    );

    const { certificateDescription } = await world.control.send(
      new DescribeCertificateCommand({ certificateId }),
    );

    expect(certificateDescription).toMatchObject({ status: 'INACTIVE', creationDate: expect.any(Date) });
  });

  it('is not made from something else than a CSR', async () => {
    const create = new CreateCertificateFromCsrCommand({ certificateSigningRequest: 'no CSR' });

    await expect(world.control.send(create)).rejects.toThrow(InvalidRequestException);
  });

  it('is deleted only when it is inactive and nothing is attached to it', async () => {
    const { certificateId, certificateArn } = await provision(world, 'old');
    const remove = (forceDelete = false) =>
      world.control.send(new DeleteCertificateCommand({ certificateId, forceDelete }));

    await expect(remove()).rejects.toThrow(CertificateStateException);
    await world.control.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }));
    await expect(remove(true)).rejects.toThrow(DeleteConflictException);
    await world.control.send(
      new DetachThingPrincipalCommand({ thingName: 'old', principal: certificateArn }),
    );
    await expect(remove()).rejects.toThrow(DeleteConflictException);
    await remove(true);

    const describeIt = new DescribeCertificateCommand({ certificateId });
    await expect(world.control.send(describeIt)).rejects.toThrow(ResourceNotFoundException);
  });

  it('gets policies that exist, and loses them', async () => {
    const { certificateArn: target } = await provision(world, 'governed');
    const list = async () => (await world.control.send(new ListAttachedPoliciesCommand({ target }))).policies;

    expect(await list()).toEqual([
      { policyName, policyArn: `arn:aws:iot:${region}:${accountId}:policy/${policyName}` },
    ]);
    await world.control.send(new DetachPolicyCommand({ policyName, target }));

    expect(await list()).toEqual([]);
    const attachUnknown = new AttachPolicyCommand({ policyName: 'unknown', target });
    await expect(world.control.send(attachUnknown)).rejects.toThrow(ResourceNotFoundException);
  });

  it('is attached only to a thing that exists', async () => {
    const { certificateArn: principal } = await provision(world, 'real');
    const attach = new AttachThingPrincipalCommand({ thingName: 'unreal', principal });

    await expect(world.control.send(attach)).rejects.toThrow(ResourceNotFoundException);
  });
});

describe('the control plane', () => {
  it('knows the endpoint of the devices', async () => {
    const answer = await world.control.send(new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' }));

    expect(answer.endpointAddress).toBe(`localhost:${world.core.mqtt.port}`);
  });

  it('knows no other endpoint', async () => {
    const ask = new DescribeEndpointCommand({ endpointType: 'iot:Jobs' });

    await expect(world.control.send(ask)).rejects.toThrow('no endpoint of the type iot:Jobs');
  });

  it('names what it does not serve', async () => {
    await expect(
      world.control.send(new CreateThingGroupCommand({ thingGroupName: 'g' })),
    ).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
  });

  it('refuses another access key', async () => {
    const credentials = { accessKeyId: 'stranger', secretAccessKey: 'secret' };
    const stranger = new IoTClient({ region, endpoint: world.core.controlEndpoint, credentials });

    await expect(stranger.send(new DescribeThingCommand({ thingName: 'one' }))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('keeps the key of the authority to its owner', () => {
    expect(statSync(join(world.dataDir, 'ca-key.pem')).mode & 0o777).toBe(0o600);
  });
});
