// What the broker keeps to itself, read and corrected. Its fields are private, hence its version is pinned.
import type { EventEmitter } from 'node:events';
import type { Aedes, Client, Subscription } from 'aedes';

interface Private {
  _parser: EventEmitter;
  duplicates: Record<string, number>;
}

interface PrivateBroker {
  persistence: { removeSubscriptions(client: Client, topics: string[]): Promise<unknown> };
}

interface IncomingPacket {
  cmd: string;
  subscriptions?: object[];
}

export interface PacketNotes {
  /** How many topics were in the SUBSCRIBE that this subscription came with. */
  siblingsOf(subscription: object): number;
  watch(client: Client, onDisconnectPacket: () => void): void;
}

export const createPacketNotes = (): PacketNotes => {
  const siblings = new WeakMap<object, number>();
  const note = ({ subscriptions = [] }: IncomingPacket) => {
    for (const subscription of subscriptions) siblings.set(subscription, subscriptions.length);
  };
  return {
    siblingsOf: (subscription) => siblings.get(subscription) ?? 1,
    watch: (client, onDisconnectPacket) => {
      // Before the broker's own listener: its hooks run inside it.
      privateOf(client)._parser.prependListener('packet', (packet: IncomingPacket) => {
        if (packet.cmd === 'subscribe') note(packet);
        if (packet.cmd === 'disconnect') onDisconnectPacket();
      });
    },
  };
};

/**
 * The broker numbers messages and takes one with a lower number than the last for a duplicate. But a QoS 0 message overtakes a
 * QoS 1 message that came just before it, which was then lost. So its memory is taken away, and `recent.ts` is there instead.
 */
export const allowOvertaking = (client: Client, brokerId: string): void => {
  const forgetful = Object.defineProperty({}, brokerId, { get: () => 0, set: () => undefined });
  privateOf(client).duplicates = forgetful;
};

/** A persistent session keeps the whole SUBSCRIBE, refused topics too: they would be queued while the device is away. */
export const forgetRefused = (aedes: Aedes, client: Client, subscriptions: Subscription[]): void => {
  const refused = subscriptions.filter(({ qos }) => Number(qos) >= refusedGrant).map(({ topic }) => topic);
  const { persistence } = aedes as unknown as PrivateBroker;
  if (refused.length > 0) persistence.removeSubscriptions(client, refused).catch(() => undefined);
};

const refusedGrant = 0x80;

const privateOf = (client: Client): Private => client as unknown as Private;
