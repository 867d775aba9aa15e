// The move table: what each event makes of each phase. Total, written once; code, tests and the diagram in the docs read it.
import type { Phase } from './phase.ts';
import type { RefusalCode } from './refusal.ts';

/** What can happen to one deployment. */
export const moveNames = [
  /** A person deploys what was staged. */
  'deploy',
  /** A person takes it away, or cancels it. */
  'archive',
  /** The same was staged again. */
  'replace',
  /** Its slot got something else since it was staged. */
  'drift',
  /** A newer deployment has taken its place. */
  'supersede',
  /** The thing has it: confirmed. */
  'confirm',
  /** The thing tried, failed, and will try again. */
  'retry',
  /** The thing gave up, or we did: attempts used up, deadline passed. */
  'fail',
  /** The thing has confirmed something else (or nothing) in its place. */
  'withdraw',
  /** The thing lost what it had: it must get it again. */
  'reissue',
  /** The thing is gone for good. */
  'abandon',
] as const;
export type Move = (typeof moveNames)[number];

/** A phase to go to, a refusal for a person, or `ignore`: it changes nothing, and that is right. */
export type Outcome = Phase | 'ignore' | { readonly refuse: RefusalCode };

const refuse = (code: RefusalCode): Outcome => ({ refuse: code });

/** Late, repeated and reordered reports land on `ignore`; only a person's wish is ever refused. */
export const moves: Readonly<Record<Phase, Readonly<Record<Move, Outcome>>>> = {
  staged: {
    deploy: 'queued',
    archive: 'archived',
    replace: 'archived',
    drift: 'drifted',
    supersede: 'ignore',
    confirm: 'ignore',
    retry: 'ignore',
    fail: 'ignore',
    withdraw: 'ignore',
    reissue: 'ignore',
    abandon: 'archived',
  },
  drifted: {
    deploy: refuse('deployment_drifted'),
    archive: 'archived',
    replace: 'archived',
    drift: 'ignore',
    supersede: 'ignore',
    confirm: 'ignore',
    retry: 'ignore',
    fail: 'ignore',
    withdraw: 'ignore',
    reissue: 'ignore',
    abandon: 'archived',
  },
  queued: {
    // The wish is granted already: whoever repeats it gets the same answer.
    deploy: 'ignore',
    archive: 'archived',
    replace: 'ignore',
    drift: 'ignore',
    supersede: 'archived',
    confirm: 'deployed',
    retry: 'retrying',
    fail: 'failed',
    withdraw: 'archived',
    reissue: 'queued',
    abandon: 'archived',
  },
  retrying: {
    deploy: 'ignore',
    archive: 'archived',
    replace: 'ignore',
    drift: 'ignore',
    supersede: 'archived',
    confirm: 'deployed',
    retry: 'retrying',
    fail: 'failed',
    withdraw: 'archived',
    reissue: 'queued',
    abandon: 'archived',
  },
  deployed: {
    deploy: 'ignore',
    archive: 'removing',
    replace: 'ignore',
    drift: 'ignore',
    supersede: 'superseded',
    confirm: 'ignore',
    retry: 'ignore',
    fail: 'ignore',
    withdraw: 'archived',
    reissue: 'queued',
    abandon: 'archived',
  },
  superseded: {
    deploy: refuse('deployment_ended'),
    // Nothing may bring it back any more.
    archive: 'removing',
    replace: 'ignore',
    drift: 'ignore',
    supersede: 'ignore',
    confirm: 'ignore',
    retry: 'ignore',
    fail: 'ignore',
    withdraw: 'archived',
    reissue: 'ignore',
    abandon: 'archived',
  },
  removing: {
    deploy: refuse('deployment_ended'),
    archive: 'ignore',
    replace: 'ignore',
    drift: 'ignore',
    // Not `superseded`: a person took it away, so no failure of the newer one may bring it back.
    supersede: 'ignore',
    confirm: 'ignore',
    retry: 'ignore',
    fail: 'ignore',
    withdraw: 'archived',
    reissue: 'ignore',
    abandon: 'archived',
  },
  archived: {
    deploy: refuse('deployment_ended'),
    archive: 'ignore',
    replace: 'ignore',
    drift: 'ignore',
    supersede: 'ignore',
    confirm: 'ignore',
    retry: 'ignore',
    fail: 'ignore',
    withdraw: 'ignore',
    reissue: 'ignore',
    abandon: 'ignore',
  },
  failed: {
    deploy: refuse('deployment_ended'),
    archive: 'ignore',
    replace: 'ignore',
    drift: 'ignore',
    supersede: 'ignore',
    confirm: 'ignore',
    retry: 'ignore',
    fail: 'ignore',
    withdraw: 'ignore',
    reissue: 'ignore',
    abandon: 'ignore',
  },
};
