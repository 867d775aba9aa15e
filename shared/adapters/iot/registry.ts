// AWS IoT's registry of things and certificates, and the refusals of it that are no faults.
import type {
  IoTClient,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-iot';
import { faultOf } from '../fault.ts';

export interface Registry {
  readonly client: IoTClient;
  readonly policyName: string;
}

type ExpectedError = typeof ResourceNotFoundException | typeof ResourceAlreadyExistsException;

/** `ask`, where one refusal says that there is nothing left to do. */
export const unless = async (
  call: string,
  expected: ExpectedError,
  ask: () => Promise<unknown>,
): Promise<void> => {
  try {
    await ask();
  } catch (error) {
    if (!(error instanceof expected)) throw faultOf(call, error);
  }
};
