// Each message between two functions, and what a device is shown: what the samples must be read as, the newest last.
import { memoryContents } from '#adapters/memory/contents';
import { fanOutMessage, sqsFanOut } from '#adapters/sqs/fan-out';
import { noticeMessage, sqsNotices } from '#adapters/sqs/notices';
import { sqsTransitions, transitionMessage } from '#adapters/sqs/transitions';
import { runTarget, target } from '#device/shadow';
import { composeTarget } from '#engine/compose-target';
import { sealContent, sealManifest } from '#engine/seal';
import { aDeployment, aSlot, digestOf, start } from '../contracts/given.ts';
import { scratchQueue } from './scratch.ts';

export interface CarriedKind {
  readonly expected: readonly unknown[];
  readonly read: (sample: unknown) => unknown;
  /** What is sent today. */
  readonly write: () => Promise<unknown>;
}

const url = 'http://127.0.0.1/queue';
const thing = '7hq2m9x4k1c8v5bn';

const notice = {
  organization: 'acme',
  app: 'app-uid',
  webhook: 'webhook-uid',
  event: 'event-1',
  deployment: 'd1',
  type: 'deployment_finished',
  attempt: 2,
  announcedAt: start,
  due: start + 1000,
};

const revision = 'sha256:fa73d7e49126c89e184c528bba0c08ad0ea9f1d75ce6c56a1dc5868087a9df1c';

const sent = async (send: (client: ReturnType<typeof scratchQueue>['client']) => Promise<unknown>) => {
  const queue = scratchQueue();
  await send(queue.client);
  return queue.sent;
};

const sealedContents = async () => {
  const contents = memoryContents({ now: () => start });
  const bytes = Buffer.from('{"speed":1}');
  const digest = await sealContent(contents, 'acme', bytes);
  const item = { id: 'motion', path: '/srv/motion.json', digest, size: bytes.length, format: 'json' };
  return { contents, revision: await sealManifest(contents, 'acme', [item]) };
};

const targetOn = async (channel: 'release' | 'software') => {
  const { contents, revision } = await sealedContents();
  const seq = start + 1;
  const phase = channel === 'release' ? 'deployed' : 'queued';
  return composeTarget(
    contents,
    aSlot(
      thing,
      {
        seq,
        target: { seq, deployment: 'dpl_1', revision },
        live: [aDeployment('dpl_1', { phase, seq, revision })],
      },
      channel,
    ),
  );
};

export const carriedKinds: Readonly<Record<string, CarriedKind>> = {
  transition: {
    expected: [[{ v: 1, thing, channel: 'release' }]],
    read: (sample) => transitionMessage.array().parse(sample),
    write: () => sent((client) => sqsTransitions(client, url).send({ thing, channel: 'release' }, 'acme')),
  },
  'fan-out': {
    expected: [
      [
        { v: 1, organization: 'acme', rollout: 'r1' },
        { v: 1, organization: 'acme', rollout: 'r1', shard: 3 },
      ],
    ],
    read: (sample) => fanOutMessage.array().parse(sample),
    write: () =>
      sent((client) =>
        sqsFanOut(client, url).send([
          { organization: 'acme', rollout: 'r1' },
          { organization: 'acme', rollout: 'r1', shard: 3 },
        ]),
      ),
  },
  notice: {
    expected: [[{ v: 1, ...notice }]],
    read: (sample) => noticeMessage.array().parse(sample),
    write: () => sent((client) => sqsNotices(client, url).send(notice, 0)),
  },
  target: {
    expected: [
      {
        v: 1,
        seq: start + 1,
        deployment: 'dpl_1',
        manifest: revision,
        items: [
          {
            path: '/srv/motion.json',
            digest: digestOf('{"speed":1}'),
            size: 11,
            data: '{"speed":1}',
          },
        ],
      },
    ],
    read: (sample) => target.parse(sample),
    write: () => targetOn('release'),
  },
  'run-target': {
    expected: [
      { v: 1, seq: start + 1, run: [{ seq: start + 1, deployment: 'dpl_1', manifest: revision }] },
      {
        v: 1,
        seq: start + 1,
        run: [
          {
            seq: start + 1,
            deployment: 'dpl_1',
            manifest: revision,
            items: [{ path: '/srv/motion.json', digest: digestOf('{"speed":1}'), size: 11 }],
          },
        ],
      },
    ],
    read: (sample) => runTarget.parse(sample),
    write: () => targetOn('software'),
  },
};
