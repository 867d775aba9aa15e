// What was answered stays, also when the process is killed in the middle of its work.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UpdateCertificateCommand } from '@aws-sdk/client-iot';
import {
  GetThingShadowCommand,
  IoTDataPlaneClient,
  UpdateThingShadowCommand,
} from '@aws-sdk/client-iot-data-plane';
import { describe, expect, it } from 'vitest';
import { startIotCore } from '#infra/local/iot/iot-core';
import {
  accessKeyId,
  accountId,
  connect,
  provision,
  region,
  startWorld,
  temporaryFolder,
} from './support.ts';

const program = fileURLToPath(new URL('./core-process.ts', import.meta.url));

const update = (data: IoTDataPlaneClient, value: number) =>
  data.send(
    new UpdateThingShadowCommand({
      thingName: 'robot',
      shadowName: 'a',
      payload: Buffer.from(JSON.stringify({ state: { desired: { value } } })),
    }),
  );

const read = async (data: IoTDataPlaneClient) => {
  const { payload } = await data.send(new GetThingShadowCommand({ thingName: 'robot', shadowName: 'a' }));
  return JSON.parse(Buffer.from(payload ?? []).toString());
};

describe('after kill -9', () => {
  it('every accepted update is there', async () => {
    const dataDir = temporaryFolder();
    const child = spawn(process.execPath, [program, dataDir, accessKeyId, region, accountId], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(child.stdout, 'data');
    const { dataEndpoint } = JSON.parse(String(line));
    const credentials = { accessKeyId, secretAccessKey: 'secret' };
    const client = new IoTDataPlaneClient({ region, endpoint: dataEndpoint, credentials, maxAttempts: 1 });
    let accepted = 0;
    const work = (async () => {
      for (let value = 1; ; value += 1) {
        await update(client, value);
        accepted = value;
        if (value === 20) child.kill('SIGKILL');
      }
    })();

    await expect(work).rejects.toThrow();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const world = await startWorld(dataDir);
    const shadow = await read(world.data);

    // An update may have been kept whose answer did not get out any more.
    expect(shadow.version).toBeGreaterThanOrEqual(accepted);
    expect(shadow.state.desired).toEqual({ value: shadow.version });
    await world.end();
  });
});

describe('a folder opened again, without having been closed', () => {
  it('has the same authority, things, certificates, policies and shadows', async () => {
    const first = await startWorld();
    const device = await provision(first, 'robot');
    const revoked = await provision(first, 'revoked');
    const { certificateId } = revoked;
    await first.control.send(new UpdateCertificateCommand({ certificateId, newStatus: 'REVOKED' }));
    await update(first.data, 1);
    const before = await connect(first, device);

    const second = await startWorld(first.dataDir);
    const client = await connect(second, device);

    expect(client.connected).toBe(true);
    await expect(connect(second, revoked)).rejects.toThrow('Not authorized');
    expect(await read(second.data)).toMatchObject({ state: { desired: { value: 1 } }, version: 1 });
    await Promise.all([before.endAsync(true), client.endAsync(true)]);
    await second.core.close();
    await first.end();
  });

  it('goes on with the versions of presence', async () => {
    const first = await startWorld();
    const device = await provision(first, 'robot');
    await (await connect(first, device)).endAsync();
    await first.core.close();

    const second = await startWorld(first.dataDir);
    second.core.putRule('presence', {
      Sql: "SELECT versionNumber AS version FROM '$aws/events/presence/connected/+'",
      AwsIotSqlVersion: '2016-03-23',
      Actions: [{ Lambda: { FunctionArn: 'presence' } }],
    });
    const client = await connect(second, device);

    const { payload } = await second.delivered(() => true);
    expect(JSON.parse(payload.toString())).toEqual({ version: 1 });
    await client.endAsync(true);
    await second.end();
  });
});

describe('starting', () => {
  it('on a port that is taken fails with EADDRINUSE, and leaves nothing open', async () => {
    const world = await startWorld();
    const dataDir = temporaryFolder();
    const options = {
      dataDir,
      accessKeyId,
      region,
      accountId,
      deliver: async () => undefined,
      log: () => undefined,
    };

    const start = startIotCore({ ...options, mqttPort: world.core.mqtt.port });

    await expect(start).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await world.end();
    rmSync(join(dataDir), { recursive: true });
  });

  it('again on the same port works after closing', async () => {
    const first = await startWorld();
    const mqttPort = first.core.mqtt.port;
    await connect(first, await provision(first, 'robot'));
    await first.core.close();

    const second = await startWorld(first.dataDir, { mqttPort });

    expect(second.core.mqtt.port).toBe(mqttPort);
    await second.end();
  });
});
