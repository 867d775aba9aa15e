// npm run bench: what Shadowcast costs, how fast it is, and how far it goes. Sections one after the other, as Markdown or as JSON.
import { compare } from './compare/compare.ts';
import { counts } from './counts/counts.ts';
import { functions } from './functions/functions.ts';
import { type Options, readOptions, usage } from './options.ts';
import { keepResults, pageOf } from './results.ts';
import { scale } from './scale/scale.ts';
import type { Measured, Section } from './section.ts';
import { throughput } from './throughput/throughput.ts';

const sections: readonly Section[] = [counts, functions, throughput, scale, compare];

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
  const pages = ran.map(([{ title }, { markdown }]) => ({ title, markdown }));
  process.stdout.write(options.json ? asJson(ran) : `${pages.map(pageOf).join('\n\n')}\n`);
  if (options.write)
    keepResults(
      sections.map(({ title }) => title),
      pages,
    );
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
