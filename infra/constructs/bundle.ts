// What Lambda loads of a function: what every call of it needs in one file, and beside it, in chunks, what few calls need.

import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Importing a module of Node.js as ESM reads all that it exports, and with `http` that starts a WebSocket client, with `process` the
 * standard streams: a third of what a small function takes to start. Asked for in this way, only what is used is read.
 */
const builtins = Object.fromEntries(
  builtinModules
    .filter((name) => !name.startsWith('node:'))
    .flatMap((name) => [name, `node:${name}`])
    .map((name) => [name, `data:text/javascript,module.exports = process.getBuiltinModule('${name}')`]),
);

/** `index.mjs`, and a chunk for each import that is made while something runs: nothing is read of one before. */
export const bundleOptions = {
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunk-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  // Packages publish CommonJS as `main` and ESM as `module`; only ESM can be shaken.
  mainFields: ['module', 'main'],
  alias: builtins,
  // Spaces and long forms go, names stay: shortened names load no faster, and with them a stack trace needs a source map, which Node
  // parses at start if NODE_OPTIONS asks for it.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
  absWorkingDir: root,
} as const satisfies BuildOptions;

const build = (entry: string, outdir: string): void => {
  buildSync({ ...bundleOptions, entryPoints: { index: join(root, entry) }, outdir });
};

/**
 * All of it is bundled, the SDK too, so that what was tested is what runs: the runtime's own copy changes without us. CDK's construct
 * for functions of Node.js would write a single file.
 */
export const bundled = (entry: string): Code =>
  Code.fromAsset(join(root, 'functions'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      // By which CDK tells one bundle from the next.
      command: [entry],
      local: {
        tryBundle: (outdir) => {
          build(entry, outdir);
          return true;
        },
      },
    },
  });
