// What a channel is to the engine: how the deployments of one slot relate to each other.

/** `replace`: the newest wins. `queue`: each runs once, in order, and none takes another's place. */
export type Order = 'replace' | 'queue';

export const channels = {
  release: { order: 'replace', liveMax: 64, toldMax: 1 },
  environment: { order: 'replace', liveMax: 64, toldMax: 1 },
  software: { order: 'queue', liveMax: 512, toldMax: 8 },
} as const satisfies Record<string, ChannelRules>;

export interface ChannelRules {
  readonly order: Order;
  /** Deployments of a slot that are not over; one more is refused. */
  readonly liveMax: number;
  /** How many of them the thing is told of at a time. */
  readonly toldMax: number;
}

export type Channel = keyof typeof channels;

export const rulesOf = (channel: Channel): ChannelRules => channels[channel];
