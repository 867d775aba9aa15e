// What a server is given to run: a config with its values, sealed as the one item of a revision.
import { type Run, runFormat, runPath } from '#device/result';
import { protocolVersion } from '#device/shadow';
import type { World } from '#engine/ports';
import { canonicalJson, type ManifestItem, sealContent } from '#engine/seal';
import type { Deployment } from './catalog.ts';
import { type ConfigDocument, documentOf } from './config-document.ts';
import { unkeep } from './kept.ts';

/** As Heat gives a whole stack: an hour. */
const runSecondsMax = 60 * 60;

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null);

const scriptOf = (config: unknown): string => (config === null ? '' : textOf(config));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The config's own value; where it has none, the deployment's, and then the default. */
const inputsOf = ({ inputs }: ConfigDocument, given: unknown): Record<string, string> => {
  const own = (name: string): unknown =>
    isObject(given) && Object.hasOwn(given, name) ? given[name] : undefined;
  return Object.fromEntries(
    inputs.map((input) => [input.name, textOf(input.value ?? own(input.name) ?? input.default ?? '')]),
  );
};

const runOf = (document: ConfigDocument, given: unknown, deadlineSeconds: number | null): Run => ({
  v: protocolVersion,
  name: scriptOf(document.name),
  group: scriptOf(document.group),
  config: scriptOf(document.config),
  inputs: inputsOf(document, given),
  outputs: document.outputs.map(({ name, error_output }) => ({ name, error_output })),
  options: document.options,
  timeout_seconds: Math.min(deadlineSeconds ?? runSecondsMax, runSecondsMax),
});

export const itemOf = async (world: World, { organization, body }: Deployment): Promise<ManifestItem> => {
  const document = await documentOf(world, organization, body.config.document);
  const given = await unkeep(world, organization, body.inputValues);
  const bytes = Buffer.from(canonicalJson(runOf(document, given, body.deadlineSeconds)));
  const digest = await sealContent(world.contents, organization, bytes);
  return { id: body.config.id, path: runPath, digest, size: bytes.length, format: runFormat };
};
