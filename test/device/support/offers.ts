// Runs as a test writes them down, and a fake cloud that serves them.
import canonicalize from 'canonicalize';
import { digestOf } from '#device/agent/digest';
import { type Run, runFormat, runPath } from '#device/result';
import type { RunTarget } from '#device/shadow';
import type { FakeCloud } from './fake-cloud.ts';

export type Pointer = RunTarget['run'][number];

type Contents = Pick<FakeCloud, 'contents'>;

export const runOf = (config: string, more: Partial<Run> = {}): Run => ({
  v: 1,
  name: 'a run',
  group: 'script',
  config,
  inputs: {},
  outputs: [],
  options: {},
  timeout_seconds: 60,
  ...more,
});

/** Bytes as content that the cloud serves, behind a manifest that names them as a run. */
export const offerBytes = (cloud: Contents, seq: number, bytes: Buffer, path = runPath): Pointer => {
  const deployment = `dpl_${seq}`;
  const digest = digestOf(bytes);
  const item = { id: deployment, path, digest, size: bytes.length, format: runFormat };
  const manifest = Buffer.from(canonicalize({ v: 1, items: [item] }) ?? '');
  cloud.contents.set(digest, bytes);
  cloud.contents.set(digestOf(manifest), manifest);
  return { seq, deployment, manifest: digestOf(manifest) };
};

export const offer = (cloud: Contents, seq: number, run: Run): Pointer =>
  offerBytes(cloud, seq, Buffer.from(canonicalize(run) ?? ''));

/** The same, with what its manifest names beside it, as the cloud says it of a short list. */
export const offerWithItems = (cloud: Contents, seq: number, run: Run): Pointer => {
  const bytes = Buffer.from(canonicalize(run) ?? '');
  const pointer = offerBytes(cloud, seq, bytes);
  return { ...pointer, items: [{ path: runPath, digest: digestOf(bytes), size: bytes.length }] };
};

/** Runs whose config is their own name. */
export const offerAll = (cloud: Contents, seqs: readonly number[]): Pointer[] =>
  seqs.map((seq) => offer(cloud, seq, runOf(`run ${seq}`)));

export const listOf = (seq: number, run: readonly Pointer[]): RunTarget => ({ v: 1, seq, run: [...run] });
