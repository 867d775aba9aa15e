// What the agent tells whoever runs it, one event per thing that happened; nothing of it goes to the cloud.
import type { Channel, Current } from '../shadow.ts';
import type { Trouble } from './errors.ts';

export type AgentEvent =
  | { readonly event: 'activated'; readonly thing: string }
  | { readonly event: 'renewed'; readonly thing: string }
  | { readonly event: 'connected'; readonly host: string }
  | { readonly event: 'disconnected'; readonly reason: string; readonly retryInMs: number }
  | {
      readonly event: 'recovered';
      readonly channel: Channel;
      readonly seq: number;
      readonly trouble: Trouble | null;
    }
  | { readonly event: 'target'; readonly channel: Channel; readonly seq: number; readonly deployment: string }
  | {
      readonly event: 'ignored';
      readonly channel: Channel;
      readonly seq: number | null;
      readonly why: Ignored;
    }
  | { readonly event: 'fetched'; readonly channel: Channel; readonly digest: string; readonly size: number }
  | { readonly event: 'listed'; readonly channel: Channel; readonly seq: number; readonly runs: number }
  | {
      readonly event: 'interrupted';
      readonly channel: Channel;
      readonly seq: number;
      readonly deployment: string;
    }
  | {
      readonly event: 'started';
      readonly channel: Channel;
      readonly seq: number;
      readonly deployment: string;
    }
  | {
      readonly event: 'ran';
      readonly channel: Channel;
      readonly seq: number;
      readonly deployment: string;
      readonly status: number;
    }
  | { readonly event: 'gave'; readonly channel: Channel; readonly seq: number; readonly deployment: string }
  | { readonly event: 'reported'; readonly channel: Channel; readonly current: Current }
  | {
      readonly event: 'confirmed';
      readonly channel: Channel;
      readonly seq: number;
      readonly state: Current['state'];
    }
  | { readonly event: 'rejected'; readonly channel: Channel; readonly code: number; readonly message: string }
  | { readonly event: 'trouble'; readonly channel: Channel | null; readonly error: Trouble };

/** Why a message from the cloud changed nothing. */
export type Ignored = 'older' | 'in progress' | 'already reported' | 'unreadable' | 'simulated silence';

export type OnEvent = (event: AgentEvent) => void;
