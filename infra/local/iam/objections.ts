// What the services of the local cloud hold against a request, each in its own words.
import { AwsError } from '../iot/http/aws-error.ts';
import type { Objection } from '../iot/http/rest-server.ts';
import type { QueueObjection } from '../sqs/queues.ts';
import type { Access } from './access.ts';
import { iotDataRefusal, iotRefusal, type Refusal, sqsRefusal, type Worded } from './answers.ts';
import { iotNeeds } from './calls/iot.ts';
import type { Place } from './calls/place.ts';
import { sqsNeeds } from './calls/sqs.ts';

type Parts = { access: Access; place: Place };

export const queueObjection = ({ access, place }: Parts): QueueObjection => {
  const needsOf = sqsNeeds(place);
  return (authorization, operation, body) => {
    const verdict = access.judge(authorization, () => needsOf(operation, body));
    return verdict.allowed ? undefined : sqsRefusal(verdict);
  };
};

const restObjection = ({ access, place }: Parts, wordsOf: (refusal: Refusal) => Worded): Objection => {
  const needsOf = iotNeeds(place);
  return (authorization, route, request) => {
    const verdict = access.judge(authorization, () => needsOf(route, request));
    if (verdict.allowed) return undefined;
    const { name, status, message } = wordsOf(verdict);
    return new AwsError(name, status, message);
  };
};

export const iotObjections = (parts: Parts): { data: Objection; control: Objection } => ({
  data: restObjection(parts, iotDataRefusal),
  control: restObjection(parts, iotRefusal),
});
