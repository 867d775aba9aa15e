// What a PUT, a signal, a run and a deadline make of a deployment. Heat has no state machine: the last word wins.
import type { DeploymentBody } from './catalog.ts';
import type { ConfigDocument } from './config-document.ts';
import { isEmpty, pythonText } from './python.ts';

export const inProgress = 'IN_PROGRESS';
export const complete = 'COMPLETE';
export const failed = 'FAILED';

export const isOpen = ({ status }: Pick<DeploymentBody, 'status'>): boolean => status === inProgress;

/** Milliseconds; null: it may take as long as it likes. */
export const deadlineOf = ({
  openedAt,
  deadlineSeconds,
}: Pick<DeploymentBody, 'openedAt' | 'deadlineSeconds'>): number | null =>
  deadlineSeconds === null ? null : openedAt + deadlineSeconds * 1000;

/** How a deployment ended. */
export interface Outcome {
  readonly status: typeof complete | typeof failed;
  readonly reason: string;
  /** Undefined: as they were. */
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** What a server says of its run: outputs by name, and three keys of its own. */
export type Details = Readonly<Record<string, unknown>>;

const ownKeys = ['deploy_stdout', 'deploy_stderr', 'deploy_status_code'] as const;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const statusCodeFault = (code: unknown): string[] =>
  !isEmpty(code) && pythonText(code) !== '0'
    ? [`deploy_status_code : Deployment exited with non-zero status code: ${pythonText(code)}`]
    : [];

/** Declared outputs only; one that stands for an error has failed the deployment by being there. */
export const outcomeOfSignal = (
  { outputs }: Pick<ConfigDocument, 'outputs'>,
  before: unknown,
  details: Details,
): Outcome => {
  const told = outputs.filter(({ name }) => Object.hasOwn(details, name));
  const faults = [
    ...statusCodeFault(details.deploy_status_code),
    ...told
      .filter(({ error_output }) => error_output)
      .map(({ name }) => `${name} : ${pythonText(details[name])}`),
  ];
  const values = Object.fromEntries([
    ...(isObject(before) ? Object.entries(before) : []),
    ...told.map(({ name }) => [name, details[name]]),
    ...ownKeys.map((key) => [key, details[key] ?? null]),
  ]);
  return faults.length === 0
    ? { status: complete, reason: 'Outputs received', outputs: values }
    : { status: failed, reason: faults.join(', '), outputs: values };
};

const historyMax = 100;
const whyMax = 255;

/** The newest hundred: a deployment that is changed for years stays small. */
export const withEvent = (
  { history }: DeploymentBody,
  event: { at: number; by: string; from: unknown; to: unknown; why: string },
): DeploymentBody['history'] => [
  ...history.slice(1 - historyMax),
  { ...event, why: event.why.slice(0, whyMax) },
];
