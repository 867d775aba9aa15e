// A dialect's own resources: made once however often the request is repeated, changed only from what was seen.
import { type Refusal, refuse } from '#domain/refusal';
import { idempotencyMs, type Names, otherRequest } from './ids.ts';
import type { Entry, World } from './ports.ts';
import { canonicalJson, digestOf } from './seal.ts';

export interface CreateEntry {
  readonly organization: string;
  readonly kind: string;
  readonly ids: Names;
  readonly body: Readonly<Record<string, unknown>>;
  readonly unique: Readonly<Record<string, string>>;
  readonly request: unknown;
  /** It is forgotten after that. */
  readonly until?: number;
}

type Needs = Pick<World, 'clock' | 'catalog'>;

const sameRequest = (entry: Entry, request: string): Entry | Refusal =>
  entry.body.request === request ? entry : otherRequest();

/** A repeat is one within 24 hours. */
const findAmong = async ({ clock, catalog }: Needs, { organization, kind, ids }: CreateEntry) => {
  const found = await catalog.loadMany(organization, kind, ids);
  return found.find(({ createdAt }) => clock.now() - createdAt < idempotencyMs);
};

const wholeSeconds = (ms: number): number => Math.ceil(ms / 1000) * 1000;

export const createEntry =
  (world: Needs) =>
  async (intent: CreateEntry): Promise<Entry | Refusal> => {
    const request = digestOf(canonicalJson(intent.request));
    const { organization, kind, ids, unique, body, until } = intent;
    const earlier = ids.length > 1 ? await findAmong(world, intent) : undefined;
    if (earlier !== undefined) return sameRequest(earlier, request);
    const now = world.clock.now();
    const times = { createdAt: now, updatedAt: now, version: 1 };
    const whole = { id: ids[0], organization, kind, unique, body: { ...body, request }, ...times };
    const entry: Entry = until === undefined ? whole : { ...whole, expiresAt: wholeSeconds(until) };
    const saved = await world.catalog.save(entry);
    if (saved.saved) return entry;
    // Somebody was faster: an equal request with the same key, or another one that wants the same name.
    const there = await findAmong(world, intent);
    if (there !== undefined) return sameRequest(there, request);
    const name = saved.because === 'taken' ? saved.name : 'id';
    return refuse('already_exists', `There is one with that ${name} already.`, {
      field: name,
      value: unique[name],
    });
  };

export interface ChangeEntry {
  readonly organization: string;
  readonly kind: string;
  readonly id: string;
  readonly version: number | undefined;
  readonly change: (entry: Entry) => Pick<Entry, 'body' | 'unique'>;
}

export const changeEntry =
  ({ clock, catalog }: Needs) =>
  async ({ organization, kind, id, version, change }: ChangeEntry): Promise<Entry | Refusal> => {
    for (;;) {
      const entry = await catalog.load(organization, kind, id);
      if (entry === undefined)
        return refuse('not_found', `There is no ${kind.replaceAll('_', ' ')} ${id}.`, { id });
      if (version !== undefined && version !== entry.version)
        return refuse('changed_meanwhile', 'It has changed since you read it.', { id });
      const next = { ...entry, ...change(entry), updatedAt: clock.now(), version: entry.version + 1 };
      const saved = await catalog.save(next);
      if (saved.saved) return next;
      if (saved.because === 'taken')
        return refuse('already_exists', `There is one with that ${saved.name} already.`, {
          field: saved.name,
        });
    }
  };
