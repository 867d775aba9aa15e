// npm run drill -- <alarm>: breaks something on a fresh local cloud, shows its alarm go off, mends it, and shows that all is quiet again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocalCloud } from './cloud.ts';
import type { Drill } from './drills/drill.ts';
import { drillsOf } from './drills/drills.ts';
import { groundOf } from './drills/ground.ts';
import { hold } from './drills/run.ts';
import { PlainError } from './plain-error.ts';
import { startProgress } from './progress.ts';

/** The stage that runs on this machine; alarms are named after it. */
const stage = 'shadowcast-dev';
const usage = 'npm run drill -- <alarm>, or --list (with --json for programs)';

const named = (name: string): string => `${stage}-${name}`;
const drills = drillsOf(named);
const rows = [...drills].map(([alarm, { fault, repair }]) => ({ alarm, fault, repair }));

const list = (asJson: boolean): void => {
  if (asJson) console.log(JSON.stringify(rows, null, 2));
  else
    for (const { alarm, fault, repair } of rows)
      console.log(`${alarm}\n  fault:  ${fault}\n  repair: ${repair}`);
};

/** By its whole name, or by what comes after the stage. */
const drillNamed = (alarm: string): [string, Drill] => {
  const found = [...drills].find(([name]) => name === alarm || name === named(alarm));
  if (found !== undefined) return found;
  const known = rows.map((row) => row.alarm).join(', ');
  throw new PlainError(`There is no drill for the alarm ${alarm}; there are ${known}.`);
};

const holdAlone = async (alarm: string, drill: Drill): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), 'shadowcast-drill-'));
  const progress = startProgress(console.log);
  try {
    const cloud = await startLocalCloud({ directory, progress });
    const ground = groundOf(cloud);
    try {
      await hold(ground, alarm, drill, progress.say);
    } finally {
      ground.close();
      await cloud.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    options: { list: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (values.list) return list(values.json);
  const [alarm] = positionals;
  if (alarm === undefined) throw new PlainError(usage);
  await holdAlone(...drillNamed(alarm));
};

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
