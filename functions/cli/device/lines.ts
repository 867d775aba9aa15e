// One line per event, for people; or the event itself as JSON, for programs.
import type { AgentEvent } from '#device/agent/events';

/** Not the agent's own: it is not brought in yet, and nobody has answered. */
export interface Waiting {
  readonly event: 'waiting';
  readonly url: string;
  readonly reason: string;
  readonly retryInMs: number;
}

export type DeviceEvent = AgentEvent | Waiting;

type Named<Name extends DeviceEvent['event']> = Extract<DeviceEvent, { event: Name }>;
type Line<Name extends DeviceEvent['event']> = (event: Named<Name>) => string;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const reason = (error: { code: string; message: string } | null): string =>
  error ? `: ${error.code}, ${error.message}` : '';

const lines: { [Name in DeviceEvent['event']]: Line<Name> } = {
  waiting: ({ url, reason: why, retryInMs }) =>
    `nobody answers at ${url} (${why}); asking again in ${seconds(retryInMs)}`,
  activated: ({ thing }) => `activated as ${thing}`,
  renewed: ({ thing }) => `${thing} has a new key and a new certificate`,
  connected: ({ host }) => `connected to ${host}`,
  disconnected: ({ reason: why, retryInMs }) =>
    `disconnected (${why}), connecting again in ${seconds(retryInMs)}`,
  recovered: ({ channel, seq, trouble }) => `${channel}: found seq ${seq} on disk${reason(trouble)}`,
  target: ({ channel, seq, deployment }) => `${channel}: asked for ${deployment} (seq ${seq})`,
  ignored: ({ channel, seq, why }) => `${channel}: ignored seq ${seq ?? '?'}, ${why}`,
  fetched: ({ channel, digest, size }) => `${channel}: fetched ${size} bytes, ${digest.slice(0, 19)}…`,
  listed: ({ channel, runs, seq }) => `${channel}: ${runs} on the list (seq ${seq})`,
  interrupted: ({ channel, deployment, seq }) =>
    `${channel}: ${deployment} was cut off and is not run again (seq ${seq})`,
  started: ({ channel, deployment, seq }) => `${channel}: runs ${deployment} (seq ${seq})`,
  ran: ({ channel, deployment, seq, status }) =>
    `${channel}: ${deployment} ended with status ${status} (seq ${seq})`,
  gave: ({ channel, deployment, seq }) => `${channel}: told the result of ${deployment} (seq ${seq})`,
  reported: ({ channel, current: { state, deployment, attempt, error } }) =>
    `${channel}: ${state} ${deployment}${attempt > 1 ? ` (attempt ${attempt})` : ''}${reason(error)}`,
  confirmed: ({ channel, state, seq }) => `${channel}: the cloud heard "${state}" (seq ${seq})`,
  rejected: ({ channel, code, message }) => `${channel}: the shadow rejected a report: ${code}, ${message}`,
  trouble: ({ channel, error }) => `${channel ?? 'agent'}${reason(error)}`,
};

const lineOf = <Name extends DeviceEvent['event']>(event: Named<Name>): string =>
  (lines[event.event] as Line<Name>)(event);

const clockTime = (now: Date): string => now.toISOString().slice(11, 23);

export const printer = (json: boolean, width: number) => (name: string, event: DeviceEvent) => {
  const now = new Date();
  const line = json
    ? JSON.stringify({ time: now.toISOString(), device: name, ...event })
    : `${clockTime(now)}  ${name.padEnd(width)}  ${lineOf(event)}`;
  process.stdout.write(`${line}\n`);
};
