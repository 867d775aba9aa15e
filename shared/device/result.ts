// What a run gives back: too large for a shadow, so it goes over a topic of its own and is kept until the cloud has it.
import * as z from 'zod';
import { digest, protocolVersion } from './shadow.ts';

/** Bytes of a result's JSON: what MQTT allows in one message. Longer outputs are trimmed from the left by the thing. */
export const resultBytesMax = 128 * 1024;

/** What a thing publishes on `shadowcast/{thing}/result`, again and again until its pointer has left the list. */
export const result = z.object({
  v: z.literal(protocolVersion),
  /** Of the run, as its pointer had it. */
  seq: z.number().int().nonnegative(),
  deployment: z.string(),
  manifest: digest,
  /** By the name of the output. */
  outputs: z.record(z.string(), z.string()),
  stdout: z.string(),
  stderr: z.string(),
  /** Of the process; 124 when its time was up, 126 or 127 when it could not be started. */
  status_code: z.number().int(),
  /** Names of what was too long and lost its beginning: outputs, `stdout`, `stderr`. */
  trimmed: z.array(z.string()),
  started_at: z.iso.datetime(),
  finished_at: z.iso.datetime(),
});
export type Result = z.infer<typeof result>;

/** The one item of a revision on the `software` channel: content in this form, at this path. */
export const runPath = 'run.json';
export const runFormat = 'run';

export const run = z.object({
  v: z.literal(protocolVersion),
  name: z.string(),
  /** Which tool runs it; the reference agent knows `script`. */
  group: z.string(),
  /** The text that is run. */
  config: z.string(),
  /** Environment variables; what is no text is JSON. */
  inputs: z.record(z.string(), z.string()),
  outputs: z.array(z.object({ name: z.string(), error_output: z.boolean() })),
  options: z.unknown(),
  /** Seconds; the process and its children are ended then. */
  timeout_seconds: z.number().int().positive(),
});
export type Run = z.infer<typeof run>;
