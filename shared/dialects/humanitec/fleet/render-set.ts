// A set as files with its values put in: one for each module and workload, and one for what they share. Nothing is stored here.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import type { World } from '#engine/ports';
import type { Part, SecretOf } from '#engine/secret-content';
import type { JsonObject } from '../json.ts';
import type { DeploymentSet } from '../sets/set.ts';
import { documentBytesMax } from '../store/documents.ts';
import { valueMisfits } from '../words.ts';
import { type Use, usesIn } from './placeholders.ts';
import { renderDocument } from './render-document.ts';
import { type FoundValue, type Looked, reasons, valuesFor, type Where } from './values-for.ts';

interface File {
  readonly path: string;
  /** What the file is called where something is said of it. */
  readonly module: string;
  readonly document: JsonObject;
}

const below = (folder: string, documents: Readonly<Record<string, JsonObject>>): File[] =>
  Object.entries(documents).map(([id, document]) => ({
    path: `${folder}/${encodeURIComponent(id)}.json`,
    module: id,
    document,
  }));

const filesOf = ({ modules, shared, workloads = {} }: DeploymentSet): File[] => [
  ...below('modules', modules),
  ...(Object.keys(shared).length === 0 ? [] : [{ path: 'shared.json', module: 'shared', document: shared }]),
  ...below('workloads', workloads),
];

/** What the usual disks take for one name. */
const nameBytesMax = 255;

const nameOf = ({ path }: File): string => path.slice(path.lastIndexOf('/') + 1);

const tooLongName = (files: readonly File[]): Refusal | undefined => {
  const long = files.find((file) => nameOf(file).length > nameBytesMax);
  if (long === undefined) return undefined;
  const message = `The name of module ${long.module} is too long for a file on a device.`;
  return refuse('invalid', message, { module: long.module, limit: nameBytesMax });
};

const isFound = (looked: Looked): looked is FoundValue => typeof looked !== 'string';

const missingIn = (uses: readonly Use[], lookUp: (key: string) => Looked): Refusal | undefined => {
  for (const use of uses) {
    const looked = lookUp(use.key);
    if (!isFound(looked)) return valueMisfits(use, reasons[looked]);
  }
  return undefined;
};

/** What naming a secret takes in a template, roughly. */
const refBytes = 64;

const sizeOf = (looked: Looked): number =>
  isFound(looked) ? looked.text.length + (looked.isSecret ? refBytes : 0) : 0;

/** A few placeholders for a large value are a short set, and would be files of any size. */
const tooMuch = (uses: readonly Use[], lookUp: (key: string) => Looked): Refusal | undefined => {
  const sum = uses.reduce((all, { key }) => all + sizeOf(lookUp(key)), 0);
  const message = `The values that the set has placeholders for would be more than ${documentBytesMax} bytes.`;
  return sum <= documentBytesMax ? undefined : refuse('invalid', message, { limit: documentBytesMax });
};

export interface RenderedFile {
  readonly path: string;
  readonly parts: readonly Part[];
}

export interface RenderedSet {
  readonly files: readonly RenderedFile[];
  /** For whoever seals it: these go no further. */
  readonly secretOf: SecretOf;
}

export const renderSet =
  (world: World) =>
  async (where: Where, set: DeploymentSet): Promise<RenderedSet | Refusal> => {
    const files = filesOf(set);
    const uses = files.flatMap(({ module, document }) => usesIn(module, document));
    const lookUp = await valuesFor(world, where, new Set(uses.map(({ key }) => key)));
    const refusal = tooLongName(files) ?? missingIn(uses, lookUp) ?? tooMuch(uses, lookUp);
    if (refusal !== undefined) return refusal;
    const secrets = new Map<string, FoundValue>();
    const partFor = (key: string): Part => {
      const looked = lookUp(key);
      if (!isFound(looked)) throw new Error(`The value ${key} has not been found.`);
      if (!looked.isSecret) return looked.text;
      secrets.set(looked.ref.id, looked);
      return looked.ref;
    };
    return {
      files: files.map(({ path, document }) => ({ path, parts: renderDocument(document, partFor) })),
      secretOf: ({ id }) => secrets.get(id),
    };
  };

/** Why its start would be refused for what is in the set; undefined: it would not be. */
export const whyNotRendered = async (
  world: World,
  where: Where,
  set: DeploymentSet,
): Promise<Refusal | undefined> => {
  const rendered = await renderSet(world)(where, set);
  return isRefusal(rendered) ? rendered : undefined;
};
