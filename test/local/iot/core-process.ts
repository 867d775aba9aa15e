// A local IoT Core in a process of its own, which a test can kill: says where it is, and stays.
import { startIotCore } from '../../../infra/local/iot/iot-core.ts';

const [dataDir = '', accessKeyId = '', region = '', accountId = ''] = process.argv.slice(2);

const core = await startIotCore({
  dataDir,
  mqttPort: 0,
  accessKeyId,
  region,
  accountId,
  deliver: async () => undefined,
  log: () => undefined,
});

process.stdout.write(`${JSON.stringify({ ...core.mqtt, ...core })}\n`);
