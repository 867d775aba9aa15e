// npm run bench: what Shadowcast costs, how fast it is, and how far it goes. Sections one after the other, as Markdown or as JSON.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { compare } from './compare/compare.ts';
import { counts } from './counts/counts.ts';
import { functions } from './functions/functions.ts';
import { type Options, readOptions, usage } from './options.ts';
import { scale } from './scale/scale.ts';
import type { Measured, Section } from './section.ts';
import { throughput } from './throughput/throughput.ts';

const sections: readonly Section[] = [counts, functions, throughput, scale, compare];

const resultsFile = fileURLToPath(new URL('RESULTS.md', import.meta.url));

const commit = (): string => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
};

const machine = (): string => {
  const [first] = cpus();
  const memoryGb = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} × ${first?.model.trim()}, ${memoryGb} GB, Node.js ${process.versions.node}, ${process.platform} ${process.arch}`;
};

const head = (): string =>
  [
    '# What it costs, and how fast it is',
    '',
    'Written by `npm run bench -- --write`; sections can be run alone with `--only`. Counts and ratios are the same everywhere; milliseconds are of one machine.',
    '',
    `${new Date().toISOString().slice(0, 10)}, commit ${commit()}, ${machine()}`,
  ].join('\n');

type Ran = readonly [Section, Measured];

const runAll = async (options: Options): Promise<readonly Ran[]> => {
  const wanted = sections.filter(({ name }) => options.only === undefined || options.only.includes(name));
  const ran: Ran[] = [];
  for (const one of wanted) {
    options.say(`${one.name} ...`);
    const measured = await one.run(options);
    if (measured !== undefined) ran.push([one, measured]);
  }
  return ran;
};

const asMarkdown = (ran: readonly Ran[]): string =>
  `${[head(), ...ran.map(([{ title }, { markdown }]) => `## ${title}\n\n${markdown}`)].join('\n\n')}\n`;

/** Of one section its data alone; of several by their names. */
const asJson = (ran: readonly Ran[]): string => {
  const [only, ...others] = ran;
  const data =
    only !== undefined && others.length === 0
      ? only[1].data
      : Object.fromEntries(ran.map(([{ name }, { data }]) => [name, data]));
  return `${JSON.stringify(data)}\n`;
};

const main = async (): Promise<void> => {
  const options = readOptions(process.argv.slice(2));
  const ran = await runAll(options);
  const text = options.json ? asJson(ran) : asMarkdown(ran);
  process.stdout.write(text);
  if (options.write) writeFileSync(resultsFile, asMarkdown(ran));
};

const unknownSection = (only: Options['only']): string | undefined =>
  only?.find((name) => !sections.some((one) => one.name === name));

if (process.argv.includes('--help')) process.stdout.write(`${usage}\n`);
else {
  const unknown = unknownSection(readOptions(process.argv.slice(2)).only);
  if (unknown === undefined) await main();
  else {
    process.stderr.write(`There is no section ${unknown}.\n${usage}\n`);
    process.exitCode = 2;
  }
}
