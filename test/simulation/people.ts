// What people want of a device: they deploy, stage, change their minds, and read what became of it.
import type { Phase } from '#domain/phase';
import { hold, ofAnswers } from '#test/model/invariants';
import type { Dice } from '#test/model/random';
import type { Doors, Told, Wish } from './doors.ts';
import { meaningOf } from './meanings.ts';
import { day, second } from './plan.ts';
import type { Timeline } from './timeline.ts';

export interface Owned {
  readonly number: number;
  readonly organization: string;
  readonly thing: string;
  readonly kind: 'device' | 'server';
}

export interface Shop {
  readonly releases: readonly string[];
  readonly instances: readonly string[];
  readonly config: string;
}

export interface Around {
  readonly timeline: Timeline;
  readonly doors: Doors;
  readonly shopOf: (organization: string) => Shop;
  readonly isBad: () => boolean;
  readonly isLeftOut: (wish: string) => boolean;
  readonly phaseOf: (id: string) => Phase | undefined;
  readonly note: (line: string) => void;
}

const idIn = ({ status, body }: Told): string | undefined =>
  status < 300 ? (body?.id ?? body?.software_deployment?.id) : undefined;

export const people = (around: Around, owned: Owned, dice: Dice) => {
  const { timeline, doors } = around;
  const { organization, number, thing, kind } = owned;
  const shop = around.shopOf(organization);
  const ids: string[] = [];
  const made = new Map<string, Set<string>>();
  let wishes = 0;

  const judge = (over: Partial<Parameters<(typeof ofAnswers)['counters equal a recount']['holds']>[0]>) =>
    hold(
      ofAnswers,
      { told: [], alike: [], foreign: [], counts: [], made, seen: [], ...over },
      () => `the answers about ${thing}`,
    );

  const take = (key: string) => (told: Told) => {
    const id = idIn(told);
    if (id === undefined) return;
    made.set(key, (made.get(key) ?? new Set()).add(id));
    if (!ids.includes(id)) ids.push(id);
    judge({});
  };

  const create = (target: 'deployed' | 'staged'): Omit<Wish, 'organization'> => ({
    dialect: 'miru',
    request: 'POST /beta/deployments',
    body: {
      target_status: target,
      description: `wish ${wishes}`,
      release_id: shop.releases[dice.isHit(target === 'staged' ? 0.8 : 0.2) ? 1 : 0],
      device_id: `dvc_${thing}`,
      config_instance_ids: [dice.oneOf(shop.instances)],
    },
  });
  const newest = (): string => ids.at(-1 - dice.below(Math.min(3, Math.max(1, ids.length)))) ?? 'dpl_none';
  const run: () => Omit<Wish, 'organization'> = () => ({
    dialect: 'heat',
    request: `POST /v1/${organization}/software_deployments`,
    body: { config_id: shop.config, server_id: `server ${number}`, action: 'CREATE', status: 'IN_PROGRESS' },
  });
  const remove: () => Omit<Wish, 'organization'> = () => ({
    dialect: 'heat',
    request: `DELETE /v1/${organization}/software_deployments/${newest()}`,
  });
  const move = (name: string) => (): Omit<Wish, 'organization'> => ({
    dialect: 'miru',
    request: `POST /beta/deployments/${newest()}/${name}`,
  });

  const wanted: Readonly<Record<Owned['kind'], readonly (() => Omit<Wish, 'organization'>)[]>> = {
    device: [
      () => create('deployed'),
      () => create('deployed'),
      () => create('deployed'),
      () => create('staged'),
      move('deploy'),
      move('archive'),
    ],
    server: [run, run, run, run, remove],
  };

  const wish = (): void => {
    wishes += 1;
    const name = `${number}/${wishes}`;
    const asked = dice.oneOf(wanted[kind])();
    if (around.isLeftOut(name)) return;
    around.note(`wish ${name}: ${asked.request}`);
    const isCreation = asked.body !== undefined;
    const key = `wish ${name}`;
    void doors.insist(
      dice,
      { ...asked, organization, ...(isCreation ? { key } : {}) },
      isCreation ? take(key) : () => undefined,
    );
  };

  /** What the door says of one, and what it says to somebody else. */
  const read = async (id: string, stranger: string): Promise<void> => {
    const request =
      kind === 'device'
        ? `GET /beta/deployments/${id}`
        : `GET /v1/${organization}/software_deployments/${id}`;
    const dialect = kind === 'device' ? 'miru' : 'heat';
    const told = await doors.ask({ organization, dialect, request });
    const elsewhere = request.replace(`/v1/${organization}/`, `/v1/${stranger}/`);
    const toldElsewhere = await doors.ask({ organization: stranger, dialect, request: elsewhere });
    const seen = toldElsewhere.status < 300 ? [{ of: organization, by: stranger }] : [];
    const phase = kind === 'device' ? around.phaseOf(id) : undefined;
    judge({ told: phase === undefined ? [] : [{ as: meaningOf(told), phase }], seen });
  };

  const live = (): void => {
    timeline.after(dice.below(2 * day), () => {
      if (!around.isBad()) return;
      // Now and then several people want something of one device in the same seconds.
      const together = dice.isHit(0.25) ? 2 + dice.below(3) : 1;
      for (let times = 0; times < together; times += 1) timeline.after(dice.below(2 * second), wish);
      live();
    });
  };

  return { live, read, ids: (): readonly string[] => ids };
};

export type People = ReturnType<typeof people>;
