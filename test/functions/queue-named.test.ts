// Which queue an operator means: what is sent back cannot be taken again, so nothing is guessed.
import { describe, expect, it } from 'vitest';
import type { DeadLetterQueue } from '#adapters/sqs/dead-letters';
import { queueNamed } from '#functions/cli/ops/queue-named';

const prefix = 'shadowcast-dev';

const ended = (word: string): DeadLetterQueue => ({
  name: `${prefix}-${word}-dead-letters`,
  url: '',
  source: `${prefix}-${word}`,
  depth: 0,
});
const failed: DeadLetterQueue = { name: `${prefix}-failed`, url: '', source: null, depth: 0 };
const [reports, transitions] = [ended('reports'), ended('transitions')];
const queues = [failed, reports, transitions];

describe('a queue', () => {
  it.each([
    ['transitions', transitions],
    ['transitions-dead-letters', transitions],
    ['shadowcast-dev-transitions-dead-letters', transitions],
    ['shadowcast-dev-transitions', transitions],
    ['reports', reports],
    ['failed', failed],
    ['shadowcast-dev-failed', failed],
  ])('is meant by %s', (wanted, queue) => {
    expect(queueNamed(queues, wanted, prefix)).toBe(queue);
  });

  it.each(['trans', 'dead-letters', 's', 'shadowcast-dev', 'dev-failed', '', 'shadowcast-prod-failed'])(
    'is not meant by %o: all that there are are named',
    (wanted) => {
      const names = queues.map(({ name }) => name).join(', ');
      expect(() => queueNamed(queues, wanted, prefix)).toThrow(names);
    },
  );
});
