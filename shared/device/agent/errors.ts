// Everything that can go wrong with a target, in one table: its code, whether trying again can mend it, and what it means.

interface Meaning {
  readonly retry: boolean;
  readonly meaning: string;
}

export const errorCodes = {
  unsupported_version: {
    retry: false,
    meaning: 'the target is of a protocol version that this agent does not know',
  },
  bad_target: { retry: false, meaning: 'the target does not follow the protocol' },
  bad_manifest: { retry: false, meaning: 'the manifest has the right digest, but is none' },
  bad_run: { retry: false, meaning: 'what its manifest names cannot be run' },
  path_invalid: { retry: false, meaning: 'a path that no file can have' },
  path_escapes: { retry: false, meaning: 'a path that leads out of the root of its channel' },
  path_reserved: { retry: false, meaning: 'a path inside of the agent’s own directory' },
  path_conflict: { retry: false, meaning: 'two items with one path, or one below the other' },
  path_taken: { retry: false, meaning: 'something that the agent did not place lies where an item belongs' },
  too_large: { retry: false, meaning: 'more than this device takes' },
  content_mismatch: {
    retry: true,
    meaning: 'what was fetched has another digest or size than what was asked for',
  },
  content_refused: { retry: true, meaning: 'the cloud refused to serve the content' },
  content_purged: {
    retry: false,
    meaning: 'a secret in the content was destroyed, and nobody can have it any more',
  },
  disk_full: { retry: true, meaning: 'no space left' },
  disk_error: { retry: true, meaning: 'the disk refused' },
  files_damaged: { retry: true, meaning: 'files of the set in force were changed or are missing' },
  internal_error: { retry: true, meaning: 'an error of the agent itself' },
} as const satisfies Record<string, Meaning>;
export type ErrorCode = keyof typeof errorCodes;

/** What the shadow says about a failure. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
}

/** An attempt ended badly; `retry` says whether another one may end well. */
export class DeviceError extends Error {
  readonly code: string;
  readonly retry: boolean;

  constructor(code: string, message: string, retry: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DeviceError';
    this.code = code;
    this.retry = retry;
  }
}

export const deviceError = (code: ErrorCode, detail: string, options?: ErrorOptions): DeviceError =>
  new DeviceError(code, `${errorCodes[code].meaning}: ${detail}`, errorCodes[code].retry, options);

/** System error codes that deserve their own word; every other one is a `disk_error`. */
const diskCodes: Readonly<Record<string, ErrorCode>> = { ENOSPC: 'disk_full', EDQUOT: 'disk_full' };

const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Whatever was thrown, as an error of the table. */
export const asDeviceError = (error: unknown): DeviceError => {
  if (error instanceof DeviceError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const system = systemCode(error);
  return deviceError(system ? (diskCodes[system] ?? 'disk_error') : 'internal_error', message, {
    cause: error,
  });
};

/** As the report carries it: the schema's limits are kept here, once. */
export const troubleOf = ({ code, message }: Trouble): Trouble => ({
  code: code.slice(0, 64),
  message: message.slice(0, 512),
});
