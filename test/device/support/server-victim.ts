// A server that runs real scripts, in order, until somebody kills it. Run as a process of its own; its cloud lives in it.
import { flushCompileCache } from 'node:module';
import { createAgent } from '#device/agent/agent';
import { type Result, resultBytesMax } from '#device/result';
import { contentTopics } from '#device/topics';
import { createFakeCloud } from './fake-cloud.ts';
import { listOf, offer, runOf } from './offers.ts';

// Nobody who is killed has the time for it later.
flushCompileCache();

/** `config` has `#N#` where the number of the run belongs. */
const [root = '', from = '1', to = '8', config = ''] = process.argv.slice(2);
const thing = 'victim';
const cloud = createFakeCloud(thing);
const seqs = Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index);
const pointers = seqs.map((seq) => offer(cloud, seq, runOf(config.replaceAll('#N#', `${seq}`))));

const say = (word: string, value: unknown): void =>
  void process.stdout.write(`${word} ${JSON.stringify(value).slice(0, resultBytesMax)}\n`);

const results = (): Result[] =>
  cloud.heard.flatMap(({ topic, body }) => (topic === contentTopics(thing).result ? [body as Result] : []));

const agent = createAgent({
  thing,
  transport: cloud.transport,
  roots: { software: root },
  onEvent: (event) => {
    if (event.event === 'trouble') say('trouble', event.error);
    if (event.event === 'started') say('started', event.seq);
    if (event.event === 'gave') say('gave', results().at(-1));
  },
});

await agent.start();
cloud.want('software', listOf(1000 + Number(from), pointers));
