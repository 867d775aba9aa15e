// What a client may ask of a shadow: bytes become a request, or the first reason why they do not.
import { decodeUtf8, isObject, type Json, type JsonObject, parseJson } from '../json.ts';
import { sections } from './document.ts';
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

const firstObjection = ({ state, version }: JsonObject): Rejection | undefined => {
  if (state === undefined) return rejections.missingState;
  if (!isObject(state)) return rejections.stateNoObject;
  const stranger = Object.keys(state).find((key) => !(sections as readonly string[]).includes(key));
  if (stranger !== undefined) return invalidNode(stranger);
  if (!isSection(state.desired)) return rejections.desiredNoObject;
  if (!isSection(state.reported)) return rejections.reportedNoObject;
  if (version !== undefined && !(Number.isSafeInteger(version) && Number(version) >= 0)) {
    return rejections.invalidVersion;
  }
  return sectionObjection(state.desired) ?? sectionObjection(state.reported);
};

const isSection = (section: Json | undefined) =>
  section === undefined || section === null || isObject(section);

const sectionObjection = (section: Json | undefined): Rejection | undefined => {
  if (section === undefined) return undefined;
  if (nestingOf(section) > nestingMax) return rejections.tooDeep;
  return hasNullInArray(section, false) ? invalidNode('null') : undefined;
};

const nestingOf = (value: Json): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(nestingOf)) : 0;

/** An array is one value, so nothing inside it can be deleted with null. */
const hasNullInArray = (value: Json, isInArray: boolean): boolean => {
  if (value === null) return isInArray;
  if (Array.isArray(value)) return value.some((element) => hasNullInArray(element, true));
  return isObject(value) && Object.values(value).some((child) => hasNullInArray(child, isInArray));
};
