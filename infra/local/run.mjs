// The bootstrap behind npm start, npm test, npm run keys and npm run device: plain JavaScript, because nothing is installed yet when it runs.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const modules = join(root, 'node_modules');
const binaries = join(modules, '.bin');

/** The oldest Node.js that can install and start everything, and the oldest that runs TypeScript as it is. */
const nodeToStart = [20, 0];
const nodeToRun = [22, 18];
const javaMin = 17;

/** Targets that start DynamoDB Local, which is a Java program. */
const needsJava = new Set(['infra/local/main.ts', 'infra/local/drill.ts', 'vitest']);

class PlainError extends Error {}

const atLeast = (version, [major, minor]) => {
  const [itsMajor = 0, itsMinor = 0] = version.split('.').map(Number);
  return itsMajor > major || (itsMajor === major && itsMinor >= minor);
};

const requireNode = () => {
  if (atLeast(process.versions.node, nodeToStart)) return;
  throw new PlainError(
    `Shadowcast needs Node.js ${nodeToStart[0]} or newer, and this is ${process.versions.node}: install a newer one from https://nodejs.org and run the command again.`,
  );
};

/** `openjdk version "17.0.15" 2025-04-15`, `java version "1.8.0_292"`. */
const javaVersion = () => {
  const { error, stderr = '', stdout = '' } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  if (error) return undefined;
  const [, major, minor] = /version "(\d+)(?:\.(\d+))?/.exec(`${stderr}${stdout}`) ?? [];
  return Number(major === '1' ? minor : major) || undefined;
};

const requireJava = () => {
  const version = javaVersion();
  if (version !== undefined && version >= javaMin) return;
  const found = version === undefined ? 'there is no working `java` on the PATH' : `this is Java ${version}`;
  throw new PlainError(
    `Shadowcast's local cloud needs Java ${javaMin} or newer (DynamoDB Local is a Java program), and ${found}: install one, for example with "apt-get install openjdk-17-jre-headless", and run the command again.`,
  );
};

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/** What npm wrote about what it installed says the same as the lockfile; packages for other platforms may be missing. */
const isInstalled = () => {
  const written = join(modules, '.package-lock.json');
  if (!existsSync(written)) return false;
  const installed = packagesOf(written);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    return found === undefined ? wanted.optional === true : found.version === wanted.version;
  });
};

const pathWithout = (folder) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter((entry) => resolve(entry) !== folder)
    .join(delimiter);

const finished = (child) =>
  new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code, signal) => done({ code, signal }));
  });

const install = async () => {
  console.error('Installing the packages of package-lock.json (npm ci): about half a minute, once.');
  const started = Date.now();
  const ticker = setInterval(() => {
    console.error(`  still installing (${Math.round((Date.now() - started) / 1000)} s)`);
  }, 5000);
  // With the machine's own Node: the one inside node_modules is about to be replaced.
  const env = { ...process.env, PATH: pathWithout(binaries) };
  const { code } = await finished(
    spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    }),
  ).finally(() => clearInterval(ticker));
  if (code !== 0) {
    throw new PlainError(`"npm ci" failed with exit code ${code}: see its words above, then run it again.`);
  }
  console.error(`Installed (${Math.round((Date.now() - started) / 1000)} s).`);
};

const pickNode = () => {
  const installed = join(binaries, 'node');
  if (existsSync(installed)) return installed;
  if (atLeast(process.versions.node, nodeToRun)) return process.execPath;
  throw new PlainError(
    `On this platform Shadowcast runs on your own Node.js, which must be ${nodeToRun.join('.')} or newer, and this is ${process.versions.node}: install Node.js 24 from https://nodejs.org and run the command again.`,
  );
};

const fileOf = (target) => {
  if (target.endsWith('.ts')) return join(root, target);
  const tool = join(binaries, target);
  if (!existsSync(tool)) throw new PlainError(`There is no tool named "${target}" in node_modules/.bin.`);
  return realpathSync(tool);
};

/** Undefined where there is no /proc. */
const parentOf = (pid) => {
  try {
    return /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
};

/** Our parent, and its parent: npm puts a shell between itself and us. */
const lineage = () => `${process.ppid} ${parentOf(process.ppid)}`;

/** When npm is killed it cannot tell us; then we suddenly descend from somebody else. */
const whenOrphaned = (act) => {
  if (process.env.npm_lifecycle_event === undefined) return;
  const before = lineage();
  setInterval(() => {
    if (lineage() !== before) act();
  }, 500).unref();
};

const run = async (target, args) => {
  const env = {
    ...process.env,
    PATH: `${binaries}${delimiter}${pathWithout(binaries)}`,
    SHADOWCAST_BOOTSTRAP: String(process.pid),
  };
  // node:sqlite, inside the queue service, still calls itself experimental.
  const flags = ['--disable-warning=ExperimentalWarning'];
  const child = spawn(pickNode(), [...flags, fileOf(target), ...args], { cwd: root, env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  whenOrphaned(() => child.kill('SIGTERM'));
  const { code, signal } = await finished(child);
  return signal === null ? code : 128 + (signal === 'SIGINT' ? 2 : 15);
};

const main = async ([target, ...args]) => {
  if (target === undefined)
    throw new PlainError('Usage: node infra/local/run.mjs <file.ts | tool> [arguments]');
  requireNode();
  if (needsJava.has(target)) requireJava();
  if (!isInstalled()) await install();
  return run(target, args);
};

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof PlainError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
