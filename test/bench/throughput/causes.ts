// What took the doors longest, and what became of it: found in the profile, the cold starts and the round trips, read from the top.

export interface CauseOfTime {
  readonly what: string;
  readonly before: string;
  readonly now: string;
  readonly how: string;
}

export const causes: readonly CauseOfTime[] = [
  {
    what: 'A schema was compiled for each instance',
    before: '46 ms of the processor an instance',
    now: '0.6 ms',
    how: 'A text that was compiled before is not compiled again: the last hundred are remembered by their digests',
  },
  {
    what: 'A cold start read all that a door can ever need',
    before: 'Miru’s door: 1,812 KB, 7.5 times the processor time of an empty handler, 91 MB',
    now: '802 KB, 5.2 times, 76 MB',
    how: 'Schemas, YAML and certificates are loaded when somebody asks for them; credentials of people’s machines never; Node.js’s own modules without reading all that they export, which had started a WebSocket client and the standard streams',
  },
  {
    what: 'Whoever asked for a deployment waited for one call after the other',
    before: 'eight round trips, and 31 to 33 ms of the processor',
    now: 'five round trips, and 23 to 24 ms',
    how: 'What does not wait for another’s answer goes out beside it; what was saved is told and not read again; the SDK no longer copies each request and answer for a logger that nobody has',
  },
];
