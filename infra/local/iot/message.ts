// One message on its way through the broker, the shadow service and the rules.
export interface Message {
  topic: string;
  payload: Uint8Array;
  qos: 0 | 1;
  retain: boolean;
  /** Absent when the cloud itself published. */
  clientId?: string;
}

/** AWS publishes its own messages at QoS 1; a subscriber gets the lower of this and its own. */
export const cloudMessage = (topic: string, payload: Uint8Array): Message => ({
  topic,
  payload,
  qos: 1,
  retain: false,
});
