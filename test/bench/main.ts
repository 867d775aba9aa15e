// npm run bench: what Shadowcast costs, how fast it is, and how far it goes. Sections one after the other, as Markdown or as JSON.
import { runCommand } from '#test/support/options';
import { compare, findOther } from './compare/compare.ts';
import { counts } from './counts/counts.ts';
import { functions } from './functions/functions.ts';
import { type Options, readOptions, type SectionName, sectionNames, usage } from './options.ts';
import { keepResults, pageOf } from './results.ts';
import { scale } from './scale/scale.ts';
import type { Measured, Section } from './section.ts';
import { throughput } from './throughput/throughput.ts';

const byName: Readonly<Record<SectionName, Section>> = { counts, functions, throughput, scale, compare };

type Ran = readonly [Section, Measured];

const runAll = async (options: Options): Promise<readonly Ran[]> => {
  const wanted = sectionNames.filter((name) => options.only === undefined || options.only.includes(name));
  const ran: Ran[] = [];
  for (const one of wanted.map((name) => byName[name])) {
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

await runCommand(usage, readOptions, async (options) => {
  // Before minutes of anything else.
  await findOther(options);
  const ran = await runAll(options);
  const pages = ran.map(([{ title }, { markdown }]) => ({ title, markdown }));
  process.stdout.write(options.json ? asJson(ran) : `${pages.map(pageOf).join('\n\n')}\n`);
  if (options.write)
    keepResults(
      sectionNames.map((name) => byName[name].title),
      pages,
    );
});
