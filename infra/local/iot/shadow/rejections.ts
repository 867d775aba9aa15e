// Every way in which the shadow service says no: AWS's code and message.
// https://docs.aws.amazon.com/iot/latest/developerguide/device-shadow-error-messages.html
export interface Rejection {
  code: 400 | 404 | 409 | 413 | 415 | 500;
  message: string;
}

/** Of containers in one section, the section itself included. */
export const nestingMax = 6;

export const rejections = {
  invalidJson: { code: 400, message: 'Invalid JSON' },
  missingState: { code: 400, message: 'Missing required node: state' },
  stateNoObject: { code: 400, message: 'State node must be an object' },
  desiredNoObject: { code: 400, message: 'Desired node must be an object' },
  reportedNoObject: { code: 400, message: 'Reported node must be an object' },
  invalidVersion: { code: 400, message: 'Invalid version' },
  invalidClientToken: { code: 400, message: 'Invalid clientToken' },
  tooDeep: { code: 400, message: `JSON contains too many levels of nesting; maximum is ${nestingMax}` },
  versionConflict: { code: 409, message: 'Version conflict' },
  tooLarge: { code: 413, message: 'The payload exceeds the maximum size allowed' },
  notUtf8: { code: 415, message: 'Unsupported documented encoding; supported encoding is UTF-8' },
  internal: { code: 500, message: 'Internal service failure' },
} as const satisfies Record<string, Rejection>;

export const invalidNode = (name: string): Rejection => ({
  code: 400,
  message: `State contains an invalid node: '${name}'`,
});

export const noShadow = (thing: string, shadow: string | undefined): Rejection => ({
  code: 404,
  message: `No shadow exists with name: '${shadow === undefined ? thing : `${thing}~${shadow}`}'`,
});
