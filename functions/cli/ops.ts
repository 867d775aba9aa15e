// `npm run ops -- stuck|why|dlq|rollout`: what an operator does, in an AWS account or on the local cloud.
import { ownerOf, rollBackFrom } from '#dialects/humanitec/fleet/owner';
import { isRefusal } from '#domain/refusal';
import { isRunning } from '#domain/rollout';
import { findStuck } from '#engine/find-stuck';
import { changeRollout } from '#engine/fleet/change-rollout';
import type { World } from '#engine/ports';
import { liveFanOut, liveNotices, liveStore, liveTransitions, worldOf } from '../wiring/live.ts';
import { liveDeadLetters, liveLogLines, queueUrlOf } from '../wiring/live-operator.ts';
import { audited, operator } from './audited.ts';
import { act, type Commands, readArguments } from './command.ts';
import { type Explained, explainLetter } from './ops/dead-letters.ts';
import { logFileLines } from './ops/log-file.ts';
import { queueNamed } from './ops/queue-named.ts';
import { explain, findRollout, openRollouts, type Why, whyOfRollout, whysOfSlot } from './ops/why.ts';
import { surroundings, UsageError } from './surroundings.ts';

const usage = `Usage:
  npm run ops -- stuck                      what should have moved by now, and has not
  npm run ops -- why ID                     whom a deployment, a thing or a rollout waits for
                                            ID: as an API answers it (Miru's dvc_... too), or the name of a thing
  npm run ops -- dlq list                   queues in which work waits for a person
  npm run ops -- dlq explain [QUEUE]        what each message there is about, and why it failed
  npm run ops -- dlq redrive [QUEUE]        sends them back; twice has no second effect
                                            QUEUE: transitions, or transitions-dead-letters, or its whole name
  npm run ops -- rollout list
  npm run ops -- rollout pause|resume|cancel|rollback ID

Without --stage the local cloud is meant, which must be running (npm start).
With --stage prod it is the AWS account of your credentials: table shadowcast-prod.
--json answers with JSON.`;

const { values: options, positionals } = readArguments(usage, {
  stage: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
});

const [, action = '', subject] = positionals;

interface Place {
  readonly world: World;
  /** What the stage's names begin with: the table has no other. */
  readonly prefix: string;
  readonly directory: string;
}

const place = async (): Promise<Place> => {
  const { tableName: prefix, directory } = surroundings(options.stage);
  const [transitions, rollouts, webhooks] = await Promise.all(
    ['transitions', 'rollouts', 'webhooks'].map((queue) => queueUrlOf(`${prefix}-${queue}`)),
  );
  const world = worldOf({
    ...liveStore(prefix),
    transitions: liveTransitions(transitions ?? ''),
    fanOut: liveFanOut(rollouts ?? ''),
    notices: liveNotices(webhooks ?? ''),
  });
  return { world, prefix, directory };
};

const say = (answer: unknown, lines: readonly string[], otherwise: string): void =>
  console.log(options.json ? JSON.stringify(answer) : lines.join('\n') || otherwise);

const iso = (ms: number | null): string => (ms === null ? '-' : new Date(ms).toISOString());

const whyLines = (why: Why): string[] => [
  `${why.what}: ${why.state}${why.reason === null ? '' : ` (${why.reason})`}`,
  ...(why.waitingFor === null
    ? []
    : [
        `  waits for: ${why.waitingFor}, since ${iso(why.since)}, looked at again ${iso(why.until)}`,
        `  ended by:  ${why.endedBy}`,
        `  else:      ${why.consequence}`,
      ]),
];

const explainedLines = (letter: Explained): string[] => [
  `${letter.queue} ${letter.messageId}, sent ${iso(letter.sentAt)}: ${letter.about}`,
  ...(letter.code === null
    ? []
    : [`  log: ${letter.code}${letter.error === null ? '' : `: ${letter.error}`}`]),
  ...(letter.deployment === null ? [] : [`  deployment: ${letter.deployment}`]),
  ...letter.waits.flatMap(whyLines).map((line) => `  ${line}`),
  `  ${letter.advice}`,
];

// ---- what there is to do

const lettersMax = 100;

const stuck = async (): Promise<void> => {
  const { world, prefix } = await place();
  const { slots, rollouts } = await findStuck(world);
  const letters = await liveDeadLetters(prefix).list();
  const waiting = letters.filter(({ depth }) => depth > 0);
  const whys = [...slots.flatMap(({ slot }) => whysOfSlot(slot)), ...rollouts.map(whyOfRollout)];
  const lines = [
    ...whys.flatMap(whyLines),
    ...waiting.map(
      ({ name, depth }) => `${name}: ${depth} messages wait for you (npm run ops -- dlq explain)`,
    ),
  ];
  say({ overdue: whys, dead_letters: waiting }, lines, 'Nothing is stuck.');
};

const takenByWhy =
  "Taken are the id of a deployment, whichever API made it; the name of a thing, or Miru's id of it (dvc_...); the id of a rollout, or of the deployment that it carries.";

const why = async (): Promise<void> => {
  if (action === '') throw new UsageError('Whose? npm run ops -- why ID');
  const { world } = await place();
  const whys = await explain(world, action);
  if (whys.length === 0)
    throw new UsageError(`There is no deployment, thing or rollout ${action}. ${takenByWhy}`);
  say(whys, whys.flatMap(whyLines), '');
};

const deadLetterQueues = async ({ prefix }: Place) => {
  const letters = liveDeadLetters(prefix);
  const queues = await letters.list();
  return { letters, queues: subject === undefined ? queues : [queueNamed(queues, subject, prefix)] };
};

const dlq = {
  list: async () => {
    const { queues } = await deadLetterQueues(await place());
    say(
      queues,
      queues.map(({ name, depth }) => `${name}  ${depth}`),
      'No queues.',
    );
  },
  explain: async () => {
    const here = await place();
    const { letters, queues } = await deadLetterQueues(here);
    const logs = options.stage === undefined ? logFileLines(here.directory) : liveLogLines();
    const explained: Explained[] = [];
    for (const queue of queues)
      for (const letter of await letters.peek(queue, lettersMax))
        explained.push(await explainLetter(here.world, logs, here.prefix)(queue, letter));
    say(explained, explained.flatMap(explainedLines), 'Nothing waits for a person.');
  },
  redrive: async () => {
    const { letters, queues } = await deadLetterQueues(await place());
    const sent: { queue: string; sent: number }[] = [];
    for (const queue of queues) sent.push({ queue: queue.name, sent: await letters.redrive(queue) });
    say(
      sent,
      sent.map((each) => `${each.queue}: ${each.sent} sent back`),
      'Nothing was sent back.',
    );
  },
};

const needRollout = async (world: World) => {
  if (subject === undefined) throw new UsageError('Which one? npm run ops -- rollout list');
  const rollout = await findRollout(world, subject);
  if (rollout === undefined) throw new UsageError(`There is no rollout ${subject}.`);
  return rollout;
};

const change = (type: 'pause' | 'resume' | 'cancel') => async (): Promise<void> => {
  const { world } = await place();
  const { id, organization } = await needRollout(world);
  const done = { organization, route: `POST /operator/rollouts/{id}/${type}`, target: id } as const;
  const changed = await audited(world)(done, () => changeRollout(world)(id, { type }, operator));
  if (changed === undefined || isRefusal(changed)) throw new UsageError(changed?.message ?? `It is gone.`);
  if (!isRunning(changed.rollout)) await ownerOf(world).ended(changed.rollout);
  const now = whyOfRollout(changed.rollout);
  say(now, whyLines(now), '');
};

const rollout = {
  list: async () => {
    const { world } = await place();
    const whys = (await openRollouts(world)).map(whyOfRollout);
    say(whys, whys.flatMap(whyLines), 'No rollout is running.');
  },
  pause: change('pause'),
  resume: change('resume'),
  cancel: change('cancel'),
  rollback: async () => {
    const { world } = await place();
    const found = await needRollout(world);
    const { id: target, organization } = found;
    const done = { organization, route: 'POST /operator/rollouts/{id}/rollback', target } as const;
    const made = await audited(world)(done, () => rollBackFrom(world, found, operator));
    if (isRefusal(made)) throw new UsageError(made.message);
    say({ deployment: made.id, comment: made.comment }, [`deployment ${made.id}: ${made.comment}`], '');
  },
};

const commands: Commands = {
  stuck: { words: 0, run: stuck },
  why: { words: 1, run: why },
  'dlq list': { words: 0, run: dlq.list },
  'dlq explain': { words: 1, run: dlq.explain },
  'dlq redrive': { words: 1, run: dlq.redrive },
  'rollout list': { words: 0, run: rollout.list },
  'rollout pause': { words: 1, run: rollout.pause },
  'rollout resume': { words: 1, run: rollout.resume },
  'rollout cancel': { words: 1, run: rollout.cancel },
  'rollout rollback': { words: 1, run: rollout.rollback },
};

await act({ usage, help: options.help, positionals }, commands);
