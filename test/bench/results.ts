// RESULTS.md: one page for each section, with when and where it was measured; a section that is measured again replaces its own page.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

export interface Page {
  readonly title: string;
  readonly markdown: string;
}

const resultsFile = fileURLToPath(new URL('RESULTS.md', import.meta.url));

const head = `# What it costs, and how fast it is

Written by \`npm run bench -- --write\`; with \`--only\` a section is measured alone and replaces its own page. Counts and ratios are the same
everywhere; milliseconds are of one machine, and of whatever else it did.`;

const commit = (): string => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
};

const measuredOn = (): string => {
  const [first] = cpus();
  const memoryGb = Math.round(totalmem() / 1024 ** 3);
  const machine = `${cpus().length} × ${first?.model.trim()}, ${memoryGb} GB, ${process.platform} ${process.arch}`;
  return `${new Date().toISOString().slice(0, 10)}, commit ${commit()}, ${machine}, Node.js ${process.versions.node}`;
};

export const pageOf = ({ title, markdown }: Page): string =>
  `## ${title}\n\n*${measuredOn()}*\n\n${markdown}`;

/** By their titles, as they stand in the file. */
const pagesIn = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split(/^(?=## )/m)
      .slice(1)
      .map((page) => [page.slice('## '.length, page.indexOf('\n')), page.trim()]),
  );

export const keepResults = (titles: readonly string[], measured: readonly Page[]): void => {
  const kept = pagesIn(existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8') : '');
  const pages = new Map([...kept, ...measured.map((page) => [page.title, pageOf(page)] as const)]);
  const inOrder = titles.flatMap((title) => pages.get(title) ?? []);
  writeFileSync(resultsFile, `${[head, ...inOrder].join('\n\n')}\n`);
};
