// A device that applies one generation after the other, as fast as it can, until somebody kills it. Run as a process of its own.
import { flushCompileCache } from 'node:module';
import { createAgent } from '#device/agent/agent';
import { digestOf } from '#device/agent/digest';
import { chunkBytes } from '#device/shadow';
import { createFakeCloud } from './fake-cloud.ts';
import { generation } from './generations.ts';
import { itemOf, targetOf } from './sets.ts';

// Nobody who is killed has the time for it later.
flushCompileCache();

const [root = ''] = process.argv.slice(2);
const cloud = createFakeCloud('victim');

const inlineMax = chunkBytes / 2;

const wantGeneration = (seq: number): void => {
  const texts = generation(seq);
  cloud.contents.clear();
  for (const text of Object.values(texts)) cloud.contents.set(digestOf(text), Buffer.from(text));
  const target = targetOf(seq, texts);
  const items = target.items?.map(({ data, ...item }) =>
    data && data.length < inlineMax ? { ...item, data } : itemOf(item.path, data ?? ''),
  );
  cloud.want('release', { ...target, items });
};

let recovered = 0;
const agent = createAgent({
  thing: 'victim',
  transport: cloud.transport,
  roots: { release: root },
  onEvent: (event) => {
    if (event.event === 'recovered') {
      if (event.trouble) console.log(`trouble ${event.trouble.message}`);
      recovered = event.seq;
    }
    // Not when it is heard: the shadow of a cloud that has just begun wants nothing, and so has no answer.
    if (event.event === 'reported' && event.current.state === 'applied') {
      console.log(`applied ${event.current.seq}`);
      wantGeneration(event.current.seq + 1);
    }
  },
});

await agent.start();
if (recovered === 0) wantGeneration(1);
