// The CDK app, synthesized as for AWS and without the CLI; kept as long as no source has changed.
import { createHash } from 'node:crypto';
import {
  cpSync,
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
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startChild } from './child.ts';
import { takeLock } from './lock.ts';
import { PlainError } from './plain-error.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(root, 'node_modules/.cache/shadowcast');
const assemblies = join(cache, 'cdk.out');
/** Of these many states of the sources: switching between branches then costs nothing. */
const kept = 3;

/** All that a template or a bundle is made of; the local cloud itself is not part of it. */
const sources = [
  'package-lock.json',
  'package.json',
  'tsconfig.json',
  'infra/*.ts',
  'infra/{stacks,constructs}/**/*.ts',
  'functions/{api,workers,jobs,wiring}/**/*',
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

/** Nobody synthesizes for this long: what is older was left behind by one that was killed. */
const unfinishedMsMax = 10 * 60_000;

const entries = () =>
  readdirSync(assemblies)
    .map((name) => ({ name, path: join(assemblies, name), at: statSync(join(assemblies, name)).mtimeMs }))
    .sort((left, right) => right.at - left.at);

const forget = (newest: string): void => {
  const { unfinished = [], finished = [] } = Object.groupBy(entries(), ({ name }) =>
    name.startsWith('tmp-') ? 'unfinished' : 'finished',
  );
  const abandoned = unfinished.filter(({ at }) => Date.now() - at > unfinishedMsMax);
  const superseded = finished.filter(({ name }) => name !== newest).slice(kept - 1);
  for (const { path } of [...abandoned, ...superseded]) rmSync(path, { recursive: true, force: true });
};

/** Held against CloudFormation's rules by `cdk synth`, for whoever deploys: here that would take as long as all the rest. */
const synthEnvironment = (): NodeJS.ProcessEnv => {
  const { CDK_DEFAULT_ACCOUNT: _account, CDK_DEFAULT_REGION: _region, ...env } = process.env;
  return { ...env, CDK_VALIDATION: 'false' };
};

/** CDK's own way to give an app context without its CLI. Webhooks may then lead to 127.0.0.1. */
const onThisMachine = JSON.stringify({ onThisMachine: true });

const run = async (outdir: string): Promise<void> => {
  const child = startChild(process.execPath, ['infra/app.ts'], {
    cwd: root,
    env: { ...synthEnvironment(), CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: onThisMachine },
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

const untilAlone = async (): Promise<() => void> => {
  for (;;) {
    const release = takeLock(join(cache, 'synthesis.db'));
    if (release !== undefined) return release;
    await pause(100);
  }
};

/** Written beside and then renamed, so that nobody finds half of it. */
const synthesizeInto = async (target: string): Promise<void> => {
  const outdir = mkdtempSync(join(assemblies, 'tmp-'));
  try {
    await run(outdir);
    renameSync(outdir, target);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
};

/** Whoever comes while another is at it waits, and finds it done. */
const synthesizeOnce = async (name: string, target: string): Promise<void> => {
  mkdirSync(assemblies, { recursive: true });
  const release = await untilAlone();
  try {
    if (existsSync(target)) return;
    await synthesizeInto(target);
    forget(name);
  } finally {
    release();
  }
};

/** Puts the cloud assembly into a folder of the caller's own: a cache may forget, while a running cloud still loads bundles. */
export const synthesize = async (outdir: string): Promise<string> => {
  const name = fingerprint();
  const cached = join(assemblies, name);
  if (!existsSync(cached)) await synthesizeOnce(name, cached);
  rmSync(outdir, { recursive: true, force: true });
  cpSync(cached, outdir, { recursive: true });
  return outdir;
};
