// The CDK app, synthesized as for AWS and without the CLI; kept as long as no source has changed.
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from './child.ts';
import { PlainError } from './plain-error.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(root, 'node_modules/.cache/shadowcast');
/** Of these many states of the sources: switching between branches then costs nothing. */
const kept = 3;

/** All that a template or a bundle is made of; the local cloud itself is not part of it. */
const sources = [
  'package-lock.json',
  'package.json',
  'tsconfig.json',
  'infra/*.ts',
  'infra/{stacks,constructs}/**/*.ts',
  'functions/**/*',
  'shared/**/*',
];

const fingerprint = (): string => {
  const hash = createHash('sha256');
  for (const file of globSync(sources, { cwd: root }).sort()) {
    const path = join(root, file);
    if (statSync(path).isFile()) hash.update(`${file}\0`).update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
};

const forget = (newest: string): void => {
  const others = readdirSync(cache).filter((name) => name !== newest && !name.startsWith('tmp-'));
  const byAge = others
    .map((name) => ({ path: join(cache, name), at: statSync(join(cache, name)).mtimeMs }))
    .sort((left, right) => right.at - left.at);
  for (const { path } of byAge.slice(kept - 1)) rmSync(path, { recursive: true, force: true });
};

const run = async (outdir: string): Promise<void> => {
  const { CDK_DEFAULT_ACCOUNT: _account, CDK_DEFAULT_REGION: _region, ...env } = process.env;
  const child = startChild(process.execPath, ['infra/app.ts'], {
    cwd: root,
    env: { ...env, CDK_OUTDIR: outdir },
  });
  const output: Buffer[] = [];
  child.process.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
  child.process.stderr?.on('data', (chunk: Buffer) => output.push(chunk));
  const code = await child.exited;
  if (code === 0) return;
  throw new PlainError(
    `The CDK app does not synthesize (exit code ${code}):\n${Buffer.concat(output).toString().trim()}`,
  );
};

/** Written beside and then renamed, so that two at a time do not disturb each other. */
const synthesizeInto = async (target: string): Promise<void> => {
  mkdirSync(dirname(target), { recursive: true });
  const outdir = mkdtempSync(join(cache, 'tmp-'));
  try {
    await run(outdir);
    if (!existsSync(target)) renameSync(outdir, target);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
};

/** Resolves with the folder of the cloud assembly. */
export const synthesize = async (): Promise<string> => {
  const name = fingerprint();
  const target = join(cache, name);
  if (!existsSync(target)) {
    await synthesizeInto(target);
    forget(name);
  }
  return target;
};
