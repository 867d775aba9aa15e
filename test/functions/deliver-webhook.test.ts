// What the webhooks worker does with a message, and what it writes about it.
import { describe, expect, it } from 'vitest';
import { Unavailable } from '#engine/ports';
import { deliverWebhook } from '#functions/jobs/deliver-webhook';
import { worker } from '#functions/wiring/worker';
import { app, env, givenApp } from '../dialects/humanitec/given.ts';
import { context, rememberingLog, sqsEvent, sqsRecord } from './given.ts';

const given = async () => {
  const { system, does } = await givenApp();
  const { log, lines, faults } = rememberingLog();
  const handler = worker(log, deliverWebhook(system.world));
  const hook = { id: 'my-hook', url: 'https://hooks.example.com/?token=in-the-url' };
  const triggers = [{ scope: 'deployment', type: 'started' }];
  const headers = { authorization: 'Bearer in-the-header' };
  const { secret } = await does(`POST ${app}/webhooks`, { ...hook, triggers, headers });
  const { id } = await does(`POST ${env}/deploys`, { comment: 'in the comment' });
  const take = (body: unknown) => handler(sqsEvent(sqsRecord('message-1', body)), context());
  const message = () => ({ v: 1, ...system.notices.take()?.notice });
  const dueNow = () => system.clock.pass(1000);
  return { system, lines, faults, take, message, dueNow, id, secret };
};

describe('delivering a webhook', () => {
  it('sends the letter, and says in one line that it was taken', async () => {
    const { system, lines, take, message, dueNow, id } = await given();
    dueNow();
    const answer = await take(message());
    expect(answer?.batchItemFailures).toEqual([]);
    expect(system.receivers.received()).toHaveLength(1);
    expect(lines).toEqual([
      {
        code: 'webhook.delivered',
        organization: 'acme',
        webhook: 'my-hook',
        event: expect.stringMatching(/^evt_/),
        deployment: id,
        attempt: 1,
        reason: null,
        messageId: 'message-1',
      },
    ]);
  });

  it('sends on what has come too early', async () => {
    const { system, lines, take, message } = await given();
    await take(message());
    expect(lines.map(({ code }) => code)).toEqual(['webhook.waiting']);
    expect(system.receivers.received()).toEqual([]);
    expect(system.notices.waiting()).toHaveLength(1);
  });

  it('writes neither secret, nor address, nor header, nor what it said', async () => {
    const { system, lines, faults, take, message, dueNow, secret } = await given();
    dueNow();
    system.receivers.answerWith(() => ({ status: 500 }));
    const first = message();
    await take(first);
    system.setFault(({ port }, moment) => {
      if (port === 'receivers' && moment === 'before') throw new Error('a fault of ours');
    });
    await take(first);
    system.setFault(undefined);
    expect([...lines.map(({ code }) => code), ...faults.map(({ line }) => line.code)]).toEqual([
      'webhook.retrying',
      'webhook.later',
    ]);
    const written = JSON.stringify([lines, faults.map(({ line, cause }) => [line, String(cause)])]);
    for (const word of [secret, 'whsec_', 'in-the-url', 'in-the-header', 'in the comment'])
      expect(written).not.toContain(word);
  });

  it('gives back what could not be looked at', async () => {
    const { system, faults, take, message, dueNow } = await given();
    dueNow();
    system.setFault(({ port }, moment) => {
      if (port === 'catalog' && moment === 'before') throw new Unavailable('throttled');
    });
    const answer = await take(message());
    system.setFault(undefined);
    expect(answer?.batchItemFailures).toEqual([{ itemIdentifier: 'message-1' }]);
    expect(faults[0]?.line).toMatchObject({ code: 'webhook.later', webhook: 'my-hook', receives: 1 });
  });

  it('gives back what is none of ours, until it lies where a person can look at it', async () => {
    const { take } = await given();
    expect((await take({ v: 9 }))?.batchItemFailures).toHaveLength(1);
    expect((await take('not ours'))?.batchItemFailures).toHaveLength(1);
  });
});
