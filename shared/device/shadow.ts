// The shadow protocol, version 1: what the cloud asks of a thing (`desired.target`) and what a thing answers (`reported.current`).
import * as z from 'zod';

/** Version of this protocol; a device reports a target of a version that it does not know as failed: `unsupported_version`. */
export const protocolVersion = 1;

/** One channel is one named shadow of a thing. */
export const channels = ['release', 'environment', 'software'] as const;
export const channel = z.enum(channels);
export type Channel = z.infer<typeof channel>;

/** `sha256:` and 64 lower-case hex digits. */
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** Raw bytes of one chunk: one DynamoDB item, one MQTT message. */
export const chunkBytes = 96 * 1024;

/** Our own limit for `desired.target`, in bytes of JSON; AWS allows 8 KB for desired and reported together. */
export const targetBytesMax = 4 * 1024;

/** The fencing token of a target: grows with every target of a slot, never comes back. */
const seq = z.number().int().nonnegative();

/**
 * How many bytes at the beginning of the content are salt, and no part of the file: a digest of a secret alone could be tried out
 * by whoever can guess it. Digest and size are of all bytes.
 */
const salt = z.number().int().positive().optional();

const saltFits = ({ salt = 0, size }: { readonly salt?: number | undefined; readonly size: number }) =>
  salt <= size;

export const targetItem = z
  .object({
    /** Below the channel's root on the device: `/`-separated, relative or absolute, no `..`. */
    path: z.string().min(1).max(1024),
    digest,
    /** Bytes. */
    size: z.number().int().nonnegative(),
    salt,
    /** The content itself, where it is small and valid UTF-8. Otherwise it is fetched by its digest. */
    data: z.string().optional(),
  })
  .refine(saltFits, 'has more salt than bytes');
export type TargetItem = z.infer<typeof targetItem>;

export const target = z.object({
  v: z.literal(protocolVersion),
  seq,
  /** The deployment that this target carries out: to quote, not to interpret. */
  deployment: z.string(),
  /** SHA-256 of the manifest's canonical JSON. */
  manifest: digest,
  /** Absent when the list would not fit: then the manifest is fetched by its digest. Empty: nothing shall be there. */
  items: z.array(targetItem).optional(),
});
export type Target = z.infer<typeof target>;

/** One deployment that shall be run: where its content is, and the seq to answer under. */
export const pointer = z.object({
  seq,
  deployment: z.string(),
  manifest: digest,
  /** Absent when the list would not fit: then the manifest is fetched by its digest. Content is never inline: a run has values in it. */
  items: z.array(targetItem).optional(),
});

/** The target of a channel that runs things in order (`software`): the next few, oldest first, each with its own seq. */
export const runTarget = z.object({
  v: z.literal(protocolVersion),
  /** Of the list: grows with every change of it. */
  seq,
  run: z.array(pointer).max(8),
});
export type RunTarget = z.infer<typeof runTarget>;

/** A manifest as it is fetched by its digest: canonical JSON (RFC 8785) of this. */
export const manifest = z.object({
  v: z.literal(protocolVersion),
  items: z.array(
    z
      .object({
        id: z.string(),
        path: z.string().min(1).max(1024),
        digest,
        size: z.number().int().nonnegative(),
        format: z.string(),
        salt,
        /** What the cloud puts the content together from, when it is fetched: the cloud's own business, and served to nobody. */
        template: digest.optional(),
      })
      .refine(saltFits, 'has more salt than bytes'),
  ),
});
export type WireManifest = z.infer<typeof manifest>;

export const reportStates = ['applying', 'applied', 'removed', 'retrying', 'failed'] as const;

/** All keys, always: a shadow merges key by key, and nothing of an older report may survive. */
export const current = z.object({
  v: z.literal(protocolVersion),
  seq,
  deployment: z.string(),
  manifest: digest,
  state: z.enum(reportStates),
  /** Which attempt this was, from 1; a network error is no attempt. */
  attempt: z.number().int().nonnegative(),
  /** A shadow keeps no null: where it comes from there, absence says the same. */
  error: z
    .object({ code: z.string().max(64), message: z.string().max(512) })
    .nullable()
    .default(null),
});
export type Current = z.infer<typeof current>;

/** What the cloud publishes on `shadowcast/{thing}/ping`, and what comes back on `pong`. */
export const ping = z.object({ ping: z.string().min(1).max(64) });
export type Ping = z.infer<typeof ping>;

/** What a thing publishes on `shadowcast/{thing}/fetch`. */
export const fetchRequest = z.object({ digest, chunk: z.number().int().nonnegative() });
export type FetchRequest = z.infer<typeof fetchRequest>;

/** Why a fetch is refused, with the request on `shadowcast/{thing}/fetch/rejected`: perhaps not yet or no more; or never again. */
export type RejectionCode = 'not_named' | 'purged';
