// What the agent needs of a connection to the cloud; MQTT over TLS is one, a test's array of messages another.

export interface TransportEvents {
  up(): void;
  message(topic: string, payload: Uint8Array): void;
  /** Once per connection, whether or not it was ever up. */
  down(reason: string): void;
}

export interface Connection {
  /** Resolves when every one of them is granted. */
  subscribe(topics: readonly string[]): Promise<void>;
  /** At most once: nobody says whether it arrived. */
  publish(topic: string, payload: string): void;
  close(): Promise<void>;
}

export interface Transport {
  readonly host: string;
  connect(events: TransportEvents): Connection;
}
