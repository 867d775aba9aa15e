// The calls that functions were seen to make, each under the resource of the statement that allowed it: as many lines as there are
// permissions in use, however many things there are.
import { wildcard } from '../iot/broker/wildcard.ts';
import type { AllowedCall } from './access.ts';

export type RecordedCall = {
  readonly functionName: string;
  readonly action: string;
  /** As it is written in the role. */
  readonly resource: string;
};

export type Recorder = { see: (call: AllowedCall) => void; calls: () => RecordedCall[] };

const patternFor = ({ need, by }: AllowedCall): string =>
  by.Resource?.find((pattern) => wildcard(pattern).test(need.resource)) ?? need.resource;

export const recorder = (): Recorder => {
  const seen = new Map<string, RecordedCall>();
  return {
    see: (call) => {
      const recorded = {
        functionName: call.functionName,
        action: call.need.action,
        resource: patternFor(call),
      };
      seen.set(Object.values(recorded).join(' '), recorded);
    },
    calls: () => [...seen.values()],
  };
};
