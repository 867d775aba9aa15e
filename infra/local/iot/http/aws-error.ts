// An error as AWS's REST-JSON services answer it: a named type, a status, a message.
export class AwsError extends Error {
  override readonly name: string;
  readonly status: number;

  constructor(name: string, status: number, message: string) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

export const invalidRequest = (message: string) => new AwsError('InvalidRequestException', 400, message);
export const resourceNotFound = (message: string) => new AwsError('ResourceNotFoundException', 404, message);
