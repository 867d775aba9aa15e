// What the broker's hooks do not tell: how many topics one SUBSCRIBE had, and that a DISCONNECT came. Read from its parser.
import type { EventEmitter } from 'node:events';
import type { Client } from 'aedes';

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
      // Before the broker's own listener: its hooks run inside it. The field is private, hence the pinned version.
      parserOf(client).prependListener('packet', (packet: IncomingPacket) => {
        if (packet.cmd === 'subscribe') note(packet);
        if (packet.cmd === 'disconnect') onDisconnectPacket();
      });
    },
  };
};

const parserOf = (client: Client): EventEmitter => (client as Client & { _parser: EventEmitter })._parser;
