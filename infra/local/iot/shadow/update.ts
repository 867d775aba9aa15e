// The decision on an update: the shadow as it will be and what is told to whom, or a rejection. No clock and no store in here.
import type { JsonObject } from '../json.ts';
import { deltaOf } from './delta.ts';
import {
  currentVersion,
  type Section,
  type ShadowDocument,
  type ShadowRecord,
  sections,
} from './document.ts';
import { mergeSection, stamp } from './merge.ts';
import { type Rejection, rejections } from './rejections.ts';
import type { UpdateRequest } from './request.ts';

/** Of desired and reported together, as JSON, without metadata. */
export const stateBytesMax = 8 * 1024;

export interface Updated {
  after: ShadowDocument;
  accepted: object;
  /** Only where desired and reported differ. */
  delta?: object;
  documents: object;
  rejection?: never;
}

export const decideUpdate = (
  record: ShadowRecord | undefined,
  request: UpdateRequest,
  now: number,
): Updated | { rejection: Rejection } => {
  const version = currentVersion(record, now);
  if (request.version !== undefined && request.version !== version)
    return { rejection: rejections.versionConflict };
  const after = applyChange(record?.document, request, version + 1, now);
  if (Buffer.byteLength(JSON.stringify(after.state)) > stateBytesMax)
    return { rejection: rejections.tooLarge };
  return { after, ...tell(record?.document, after, request, now) };
};

const applyChange = (
  before: ShadowDocument | undefined,
  request: UpdateRequest,
  version: number,
  now: number,
): ShadowDocument => {
  const after: ShadowDocument = { state: {}, metadata: {}, version };
  for (const section of sections) {
    const { state, metadata } = changeSection(before, section, request.state[section], now);
    if (Object.keys(state).length === 0) continue;
    after.state[section] = state;
    after.metadata[section] = metadata;
  }
  return after;
};

const changeSection = (
  before: ShadowDocument | undefined,
  section: Section,
  change: JsonObject | null | undefined,
  now: number,
) => {
  if (change === null) return { state: {}, metadata: {} };
  const stamped = { state: before?.state[section] ?? {}, metadata: before?.metadata[section] ?? {} };
  return change === undefined ? stamped : mergeSection(stamped, change, now);
};

const tell = (
  before: ShadowDocument | undefined,
  after: ShadowDocument,
  request: UpdateRequest,
  now: number,
) => {
  const frame = {
    timestamp: now,
    ...(request.clientToken !== undefined && { clientToken: request.clientToken }),
  };
  const delta = deltaOf(after);
  return {
    // Exactly what was asked, nulls included, not the merged document.
    accepted: {
      state: request.state,
      metadata: requestTimes(request, now),
      version: after.version,
      ...frame,
    },
    ...(delta && {
      delta: { version: after.version, ...frame, state: delta.state, metadata: delta.metadata },
    }),
    documents: { previous: before ?? null, current: after, ...frame },
  };
};

const requestTimes = ({ state }: UpdateRequest, now: number): JsonObject =>
  Object.fromEntries(
    sections.flatMap((section) => {
      const change = state[section];
      return change === undefined ? [] : [[section, stamp(change, now)]];
    }),
  );
