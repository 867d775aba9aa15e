// What a script hands back: a file for each declared output, named after the variable that says where they belong.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { resultBytesMax } from '../../result.ts';
import { type Text, textOf } from './text.ts';

/** Scripts for this variable exist for years: `echo value > "$heat_outputs_path.name"`. */
export const outputsVariable = 'heat_outputs_path';

/** Each output is at this path, a dot, and its name. */
export const outputsPrefix = (place: string): string => join(place, 'outputs', 'output');

/** As much of a name as every file system takes, with ours before it. */
const nameBytesMax = 240;

export const isFileName = (name: string): boolean =>
  name !== '' && !/[/\0]/.test(name) && Buffer.byteLength(name) <= nameBytesMax;

/** The end of it: the beginning of what is longer would be trimmed anyway. */
const readEnd = async (file: FileHandle): Promise<Text | undefined> => {
  const stats = await file.stat();
  if (!stats.isFile()) return undefined;
  const from = Math.max(0, stats.size - resultBytesMax);
  const { buffer, bytesRead } = await file.read(
    Buffer.alloc(Math.min(stats.size, resultBytesMax)),
    0,
    null,
    from,
  );
  return textOf(buffer.subarray(0, bytesRead), from > 0);
};

/** Undefined when the script wrote none. A pipe in its place must not hold us up: hence O_NONBLOCK. */
const readOutput = async (path: string): Promise<Text | undefined> => {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  try {
    return file && (await readEnd(file));
  } finally {
    await file?.close();
  }
};

export interface Outputs {
  readonly found: ReadonlyMap<string, Text>;
  /** Names that no file can have. */
  readonly impossible: readonly string[];
}

export const readOutputs = async (place: string, names: readonly string[]): Promise<Outputs> => {
  const found = new Map<string, Text>();
  for (const name of new Set(names.filter(isFileName))) {
    const text = await readOutput(`${outputsPrefix(place)}.${name}`);
    if (text) found.set(name, text);
  }
  return { found, impossible: names.filter((name) => !isFileName(name)) };
};
