// The operator's command: what is stuck, why, and how it is taken back, with DynamoDB Local and SQS underneath.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { dynamoAudit } from '#adapters/dynamodb/audit';
import { dynamoStores } from '#adapters/dynamodb/stores';
import { sqsTransitions } from '#adapters/sqs/transitions';
import { ownerOf } from '#dialects/humanitec/fleet/owner';
import type { World } from '#engine/ports';
import { carryOutTransition } from '#functions/jobs/carry-out-transition';
import { worker } from '#functions/wiring/worker';
import { runHere, runProgram } from '#test/support/command';
import { freshTable } from '#test/support/dynamodb-table';
import { fleetLife } from '#test/support/fleet-life';
import { smallSystem } from '#test/support/small-system';
import { type SqsLocal, startSqs } from '#test/support/sqs-local';
import { env as environment, givenApp } from '../dialects/humanitec/given.ts';
import { givenThing, minutes } from '../engine/given.ts';
import { context, rememberingLog, sqsEvent, sqsRecord } from '../functions/given.ts';
import { readAll } from './given.ts';

const script = join(import.meta.dirname, '../../functions/cli/ops.ts');
const receivesMax = 5;

let sqs: SqsLocal;
beforeAll(async () => {
  sqs = await startSqs();
});
afterAll(() => sqs.close());

const newQueue = async (name: string, deadLetters?: string): Promise<string> => {
  const deadLetterTargetArn = `arn:aws:sqs:us-east-1:000000000000:${deadLetters}`;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
  const Attributes = deadLetters === undefined ? {} : { RedrivePolicy };
  const { QueueUrl = '' } = await sqs.client.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  return QueueUrl;
};

/** A stage: its table, its queues, a directory with its logs, and the command in front of it. */
const givenStage = async () => {
  // The command has the machine's clock.
  const table = await freshTable({ now: Date.now });
  const directory = await mkdtemp(join(tmpdir(), 'ops-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await mkdir(join(directory, 'logs'));
  await newQueue(`${table.name}-transitions-dead-letters`);
  const transitions = await newQueue(`${table.name}-transitions`, `${table.name}-transitions-dead-letters`);
  for (const name of ['rollouts', 'webhooks']) await newQueue(`${table.name}-${name}`);
  const endpoint = await sqs.client.config.endpoint?.();
  const env = {
    TABLE_NAME: table.name,
    SHADOWCAST_DIR: directory,
    AWS_ENDPOINT_URL_DYNAMODB: inject('dynamodbEndpoint'),
    AWS_ENDPOINT_URL_SQS: `http://${endpoint?.hostname}:${endpoint?.port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const run = (...args: string[]) => runHere(script, args, env);
  const start = (...args: string[]) => runProgram(script, args, env);
  /** What it prints as JSON; it must work. */
  const ask = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args, '--json');
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout);
  };
  return { table, directory, transitions, env, run, start, ask };
};

const given = async () => {
  const stage = await givenStage();
  const over = (world: World): World => ({
    ...world,
    ...dynamoStores(stage.table),
    transitions: sqsTransitions(sqs.client, stage.transitions),
  });
  const thing = await givenThing(smallSystem(over));
  const receive = async (): Promise<Message | undefined> => {
    const command = new ReceiveMessageCommand({ QueueUrl: stage.transitions, VisibilityTimeout: 0 });
    return (await sqs.client.send(command)).Messages?.[0];
  };
  /** As the worker would: a message that was carried out is gone. */
  const carryOutNext = async (receives: number) => {
    const message = await receive();
    const { log, lines, faults } = rememberingLog();
    if (message === undefined) return { message, lines, faults };
    const { MessageId = '', Body = '', ReceiptHandle } = message;
    const carryOut = worker(log, carryOutTransition(thing.world, receivesMax));
    const answer = await carryOut(sqsEvent(sqsRecord(MessageId, Body, receives)), context());
    if (answer?.batchItemFailures.length === 0)
      await sqs.client.send(new DeleteMessageCommand({ QueueUrl: stage.transitions, ReceiptHandle }));
    return { message, lines, faults };
  };
  return { ...stage, ...thing, receive, carryOutNext };
};

/** Its manifest could not be read on any receive: the slot waits for an operator, its message is among the dead letters. */
const givenPoisoned = async () => {
  const stage = await given();
  const id = await stage.deploy(1);
  const { write } = stage.world.shadows;
  const world = stage.world as { shadows: { write: typeof write } };
  world.shadows = {
    ...stage.world.shadows,
    write: () => Promise.reject(new Error('a shadow that cannot be written')),
  };
  const { message, faults } = await stage.carryOutNext(receivesMax);
  world.shadows = { ...world.shadows, write };
  const text = faults.map(({ line, cause }) => JSON.stringify({ ...line, error: String(cause) })).join('\n');
  await writeFile(join(stage.directory, 'logs', `${stage.table.name}-carry-out-transition.log`), text);
  expect(await stage.receive(), 'SQS gives it no second time').toBeUndefined();
  return { ...stage, id, messageId: message?.MessageId };
};

describe('a deployment whose message was lost', () => {
  it('is stuck, and why tells whom it waits for', async () => {
    const { deploy, thing, run, ask } = await given();
    const id = await deploy(1);
    const what = `deployment ${id} on ${thing}/release`;
    expect(await ask('stuck')).toMatchObject({
      overdue: [{ what, organization: 'acme', waitingFor: 'delivery' }],
      dead_letters: [],
    });
    expect(await ask('why', id)).toMatchObject([{ what, state: 'queued', waitingFor: 'delivery' }]);
    expect((await run('why', thing)).stdout).toContain('waits for: delivery, since 2026-01-01T00:00:00.000Z');
  });

  it('is not stuck where none was made', async () => {
    const { start } = await given();
    expect(await start('stuck')).toEqual({ code: 0, stdout: 'Nothing is stuck.\n', stderr: '' });
  });
});

describe('a slot that was given up', () => {
  it('is told of, explained by its log, and taken back once, however often it is redriven', async () => {
    const { id, messageId, thing, table, ask, run, world, slot, carryOutNext, receive } =
      await givenPoisoned();
    const queue = `${table.name}-transitions-dead-letters`;
    expect(await ask('stuck')).toMatchObject({ overdue: [], dead_letters: [{ name: queue, depth: 1 }] });
    expect((await run('dlq', 'list')).stdout).toBe(`${queue}  1\n`);
    expect(await ask('dlq', 'explain', 'transitions')).toMatchObject([
      {
        queue,
        messageId,
        about: `slot ${thing}/release`,
        code: 'transition.given_up',
        error: 'Error: a shadow that cannot be written',
        waits: [{ what: `deployment ${id} on ${thing}/release`, waitingFor: 'operator' }],
        advice: 'Mend the cause, then redrive it.',
      },
    ]);
    expect(await ask('dlq', 'redrive', 'transitions')).toEqual([{ queue, sent: 1 }]);
    expect(await ask('dlq', 'redrive', 'transitions')).toEqual([{ queue, sent: 0 }]);

    const takenBack = await carryOutNext(1);
    expect(takenBack.lines).toMatchObject([{ code: 'transition.carried_out', outcome: 'taken back' }]);
    const carried = await carryOutNext(1);
    expect(carried.lines).toMatchObject([{ code: 'transition.carried_out', outcome: 'written' }]);
    expect(await receive()).toBeUndefined();
    expect((await world.slots.load(slot))?.waiting?.for).toBe('delivery');
    expect((await run('dlq', 'explain')).stdout).toBe('Nothing waits for a person.\n');
  });
});

describe('a rollout', () => {
  const givenRollout = async () => {
    const stage = await givenStage();
    const system = smallSystem((world) => ({ ...world, ...dynamoStores(stage.table) }));
    const app = await givenApp(system);
    const life = fleetLife(system, ownerOf(system.world));
    const { thing } = await app.does(`PUT ${environment}/devices/robot-1`);
    life.things.push(thing);
    await life.connect(thing);
    const first = await app.deploy('web', 'image:1');
    await life.run(10);
    const second = await app.deploy('web', 'image:2');
    return { ...app, ...life, ...stage, first, second };
  };

  it('is listed, held, let go, and rolled back, by the id of its deployment', async () => {
    const { first, second, ask, run, does, system } = await givenRollout();
    expect(await ask('rollout', 'list')).toMatchObject([
      { what: expect.stringContaining(`(deployment ${second.id})`) },
    ]);
    expect(await ask('rollout', 'pause', second.id)).toMatchObject({ waitingFor: 'decision' });
    expect(await ask('why', second.id)).toMatchObject([{ waitingFor: 'decision' }]);
    expect(await ask('rollout', 'list')).toMatchObject([{ waitingFor: 'decision' }]);
    expect((await ask('rollout', 'resume', second.id)).waitingFor).not.toBe('decision');
    const rolledBack = await ask('rollout', 'rollback', second.id);
    expect(rolledBack.comment).toBe(`Rolls back ${second.id} to ${first.id}.`);
    system.clock.pass(1 * minutes);
    expect(await does(`GET ${environment}/deploys/${second.id}`)).toMatchObject({ status: 'failed' });
    expect(await does(`GET ${environment}/deploys/${rolledBack.deployment}`)).toMatchObject({
      set_id: first.set_id,
    });
    expect((await run('rollout', 'pause', second.id)).code).toBe(1);
  });

  it('says who has done it: an operator, and what came of it', async () => {
    const { second, run, table } = await givenRollout();
    for (const action of ['pause', 'resume', 'cancel', 'pause']) await run('rollout', action, second.id);
    const ever = { from: 0, to: Number.MAX_SAFE_INTEGER };
    const entries = await readAll(dynamoAudit(table).entriesOf('acme', ever, 'oldest first'));
    const theirs = entries.filter(({ by }) => by === 'operator');
    expect(theirs.map(({ route, outcome, status }) => [route, outcome, status])).toEqual([
      ['POST /operator/rollouts/{id}/pause', 'granted', 200],
      ['POST /operator/rollouts/{id}/resume', 'granted', 200],
      ['POST /operator/rollouts/{id}/cancel', 'granted', 200],
      ['POST /operator/rollouts/{id}/pause', 'deployment_ended', 409],
    ]);
    for (const { path, target } of theirs) expect(path).toContain(`/rollouts/${target}/`);
  });
});

const wrong: readonly (readonly [string, string[], string])[] = [
  ['no command', [], 'Usage:'],
  ['an unknown command', ['stuk'], 'There is no command stuk.\n\nUsage:'],
  ['an unknown second word', ['dlq', 'lst'], 'There is no command dlq lst.'],
  ['an unknown second word, and an id', ['rollout', 'paus', 'ID'], 'There is no command rollout paus.'],
  ['half a command', ['dlq'], 'dlq needs one more word: list, explain, redrive.'],
  ['a word too many', ['stuck', 'extra'], '"extra" is one word too many for stuck.'],
  ['an unknown option', ['stuck', '--all'], 'There is no option --all.'],
  ['no id', ['why'], 'Whose?'],
  ['an id of nothing', ['why', 'nobody'], 'There is no deployment, thing or rollout nobody.'],
  ['a queue that is not there', ['dlq', 'redrive', 'nothing'], 'There is no queue nothing'],
  ['a part of queues’ names', ['dlq', 'redrive', 'dead'], 'there are: '],
  ['no rollout', ['rollout', 'pause'], 'Which one?'],
  ['a rollout that is not there', ['rollout', 'pause', 'none'], 'There is no rollout none.'],
];

describe('the command', () => {
  it('says what is wrong, and ends with 1', async () => {
    const { run } = await givenStage();
    for (const [what, args, sentence] of wrong) {
      const { code, stdout, stderr } = await run(...args);
      expect([code, stdout], what).toEqual([1, '']);
      expect(stderr, what).toContain(sentence);
    }
  });

  it('does so as a program, too', async () => {
    const { start } = await givenStage();
    const { code, stdout, stderr } = await start('why', 'nobody');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^There is no deployment, thing or rollout nobody\. Taken are .*dvc_.*\.\n$/);
  });

  it('shows how it is called to who asks for that', async () => {
    const { run } = await givenStage();
    const { code, stdout, stderr } = await run('--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('npm run ops -- stuck');
  });

  it('says that the local cloud is not running where nobody answers', async () => {
    const { env } = await givenStage();
    const nobody = { ...env, AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1', AWS_MAX_ATTEMPTS: '1' };
    const { code, stderr } = await runHere(script, ['stuck'], nobody);
    expect([code, stderr]).toEqual([1, 'The local cloud is not running: start it with npm start.\n']);
  });
});
