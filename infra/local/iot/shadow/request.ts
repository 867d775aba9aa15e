// What a client may ask of a shadow: bytes become a request, or the first reason why they do not.
import { decodeUtf8, isObject, type Json, type JsonObject, parseJson } from '../json.ts';
import { type Section, sections } from './document.ts';
import { invalidNode, nestingMax, type Rejection, rejections } from './rejections.ts';

export interface ShadowRequest {
  clientToken?: string;
}

export interface UpdateRequest extends ShadowRequest {
  /** `null` removes a section. */
  state: { desired?: JsonObject | null; reported?: JsonObject | null };
  version?: number;
}

export type Parsed<Request> =
  | { request: Request; rejection?: never }
  | { rejection: Rejection; clientToken?: string; request?: never };

const clientTokenBytesMax = 64;

/** Get and delete take an empty message or `{ clientToken }`. */
export const parseRequest = (payload: Uint8Array): Parsed<ShadowRequest> => {
  if (payload.length === 0) return { request: {} };
  const body = parseBody(payload);
  return body.rejection ? body : { request: tokenOf(body.request) };
};

export const parseUpdate = (payload: Uint8Array): Parsed<UpdateRequest> => {
  const body = parseBody(payload);
  if (body.rejection) return body;
  const rejection = firstObjection(body.request);
  const token = tokenOf(body.request);
  if (rejection) return { rejection, ...token };
  // Every field has been checked by now.
  const { state, version } = body.request as Pick<UpdateRequest, 'state' | 'version'> & JsonObject;
  return { request: { ...token, state, ...(version !== undefined && { version }) } };
};

const parseBody = (payload: Uint8Array): Parsed<JsonObject> => {
  const text = decodeUtf8(payload);
  if (text === undefined) return { rejection: rejections.notUtf8 };
  const body = parseJson(text);
  if (!isObject(body)) return { rejection: rejections.invalidJson };
  const isTokenValid = body.clientToken === undefined || isClientToken(body.clientToken);
  return isTokenValid ? { request: body } : { rejection: rejections.invalidClientToken };
};

const isClientToken = (token: Json | undefined): token is string =>
  typeof token === 'string' && Buffer.byteLength(token) <= clientTokenBytesMax;

const tokenOf = ({ clientToken }: JsonObject): ShadowRequest =>
  isClientToken(clientToken) ? { clientToken } : {};

const firstObjection = (body: JsonObject): Rejection | undefined => {
  for (const object of objections) {
    const rejection = object(body);
    if (rejection) return rejection;
  }
  return undefined;
};

/** In AWS's order: the first one is told. */
const objections: ((body: JsonObject) => Rejection | false | undefined)[] = [
  ({ state }) => state === undefined && rejections.missingState,
  ({ state }) => !isObject(state) && rejections.stateNoObject,
  ({ state }) => strangerIn(state),
  ({ state }) => !isSection(sectionOf(state, 'desired')) && rejections.desiredNoObject,
  ({ state }) => !isSection(sectionOf(state, 'reported')) && rejections.reportedNoObject,
  ({ version }) => version !== undefined && !isVersion(version) && rejections.invalidVersion,
  ({ state }) => sections.some((name) => isTooDeep(sectionOf(state, name))) && rejections.tooDeep,
  ({ state }) => state !== undefined && hasNullInArray(state, false) && invalidNode('null'),
];

const strangerIn = (state: Json | undefined): Rejection | undefined => {
  const stranger = Object.keys(state ?? {}).find((key) => !(sections as readonly string[]).includes(key));
  return stranger === undefined ? undefined : invalidNode(stranger);
};

const sectionOf = (state: Json | undefined, name: Section): Json | undefined =>
  isObject(state) ? state[name] : undefined;

const isSection = (section: Json | undefined): boolean =>
  section === undefined || section === null || isObject(section);

const isVersion = (version: Json): boolean => Number.isSafeInteger(version) && Number(version) >= 0;

const isTooDeep = (section: Json | undefined): boolean =>
  section !== undefined && isDeeper(section, nestingMax);

/** Stops at the limit: a hostile payload may have 60,000 levels. */
const isDeeper = (value: Json, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((child) => isDeeper(child, levels - 1)));

/** An array is one value, so nothing inside it can be deleted with null. */
const hasNullInArray = (value: Json, isInArray: boolean): boolean => {
  if (value === null) return isInArray;
  if (Array.isArray(value)) return value.some((element) => hasNullInArray(element, true));
  return isObject(value) && Object.values(value).some((child) => hasNullInArray(child, isInArray));
};
