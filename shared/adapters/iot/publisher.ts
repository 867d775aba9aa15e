// Messages to things through AWS IoT Core.
import { type IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import type { Publisher } from '#engine/ports';
import { inOurWords } from '../fault.ts';

export const iotPublisher = (client: IoTDataPlaneClient): Publisher => ({
  publish: async (topic, payload) => {
    const command = new PublishCommand({ topic, payload, qos: 0 });
    await inOurWords('IoT Publish', () => client.send(command));
  },
});
