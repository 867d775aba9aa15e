// Humanitec's published document, read as data: a judge of our answers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import * as z from 'zod';

const operation = z.object({
  responses: z.record(z.string(), z.object({ content: z.unknown().optional() })),
});

const file: unknown = JSON.parse(readFileSync(join(import.meta.dirname, 'humanitec.json'), 'utf8'));

const { paths } = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) }).parse(file);

const newJudge = (): Ajv => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  // ajv-formats is typed for another way of importing it.
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  return ajv.addSchema(Object.assign({ $id: 'humanitec' }, file));
};

const judge = newJudge();

const escaped = (text: string): string =>
  encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'));

const told = ({ instancePath, message, params }: ErrorObject): string =>
  `${instancePath || '/'} ${message} ${JSON.stringify(params)}`;

/** The document has a sentence, as a bare string, where a delta or a set is not found. We answer the object, as everywhere. */
const isBareSentence = (path: string, status: number): boolean =>
  status === 404 && /\/(deltas|sets)\b/.test(path);

export interface Judged {
  readonly route: string | undefined;
  readonly status: number;
  readonly body: unknown;
  readonly raw: string | Uint8Array;
}

const publishedPath = (route: string): { readonly method: string; readonly path: string } => {
  const [method = '', path = ''] = route.split(' ');
  return { method: method.toLowerCase(), path: path.replace('{versionId}', '{valueSetVersionId}') };
};

/** What is wrong with an answer; empty when nothing is, or when the document does not say. */
export const faultsOf = ({ route, status, body, raw }: Judged): readonly string[] => {
  if (route === undefined) return [];
  const { method, path } = publishedPath(route);
  const responses = paths[path]?.[method]?.responses;
  if (responses === undefined) return [];
  if (status === 204) return raw.length === 0 ? [] : ['204 has a body'];
  const response = responses[String(status)];
  if (response === undefined) return status < 300 ? [`${status} is none of ${Object.keys(responses)}`] : [];
  if (response.content === undefined || isBareSentence(path, status)) return [];
  const pointer = `#/paths/${escaped(path)}/${method}/responses/${status}/content/${escaped('application/json')}/schema`;
  const validate = judge.getSchema(`humanitec${pointer}`);
  if (validate === undefined) throw new Error(`The published document has no ${pointer}.`);
  return validate(body) ? [] : (validate.errors ?? []).map(told);
};

/** Operations that the document has, of those that we have. */
export const isPublished = (route: string): boolean => {
  const { method, path } = publishedPath(route);
  return paths[path]?.[method] !== undefined;
};
