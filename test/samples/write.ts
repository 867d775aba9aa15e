// `node infra/local/run.mjs test/samples/write.ts`: writes down what has no sample yet. What is there already stays as it is.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { carriedKinds } from './carried.ts';
import { hasSample, writtenToday } from './files.ts';
import { storedKinds } from './stored.ts';

const write = (name: string, number: number, sample: unknown): void =>
  writeFileSync(
    join(import.meta.dirname, 'files', `${name}.${number}.json`),
    `${JSON.stringify(sample, null, 2)}\n`,
  );

for (const [name, kind] of Object.entries(storedKinds))
  for (const [at, value] of kind.expected.entries())
    if (!hasSample(name, at + 1)) write(name, at + 1, await writtenToday(kind, value));

for (const [name, { expected, write: today }] of Object.entries(carriedKinds))
  if (!hasSample(name, expected.length)) write(name, expected.length, await today());
