// A whole world in memory, with the handles that tests and simulations hold it by.
import type { Chance, Clock, World } from '#engine/ports';
import { longest } from '#operations/retention';
import { memoryAudit } from './audit.ts';
import { memoryCatalog } from './catalog.ts';
import { type MemoryCertificates, memoryCertificates } from './certificates.ts';
import { memoryContents } from './contents.ts';
import { memoryDeliveries } from './deliveries.ts';
import { memoryEstate, newShelves, rememberShelves } from './estate.ts';
import { type MemoryFanOut, memoryFanOut } from './fan-out.ts';
import { memoryKeys } from './keys.ts';
import { memoryMembers } from './members.ts';
import { type MemoryNotices, memoryNotices } from './notices.ts';
import { memoryPongs } from './pongs.ts';
import { type MemoryPublisher, memoryPublisher } from './publisher.ts';
import { memoryQuotas } from './quotas.ts';
import { type MemoryReceivers, memoryReceivers } from './receivers.ts';
import { memoryRecords } from './records.ts';
import { memoryRepeats } from './repeats.ts';
import { memoryRollouts } from './rollouts.ts';
import { type MemoryShadows, memoryShadows } from './shadows.ts';
import { memorySlots } from './slots.ts';
import { memoryThings } from './things.ts';
import { type MemoryTransitions, memoryTransitions } from './transitions.ts';
import { type Watch, watch } from './watch.ts';

export interface MemoryWorld {
  /** What the engine is given: every call is counted, and can be made to fail. */
  readonly world: World;
  readonly count: Watch['count'];
  readonly setFault: Watch['setFault'];
  readonly transitions: Pick<MemoryTransitions, 'waiting' | 'take'>;
  readonly notices: Pick<MemoryNotices, 'waiting' | 'take'>;
  readonly receivers: Pick<MemoryReceivers, 'received' | 'answerWith'>;
  readonly fanOut: Pick<MemoryFanOut, 'waiting' | 'take'>;
  readonly shadows: Pick<MemoryShadows, 'report' | 'stateOf' | 'writes' | 'onWrite'>;
  readonly publisher: Pick<MemoryPublisher, 'published' | 'onPublish'>;
  readonly certificates: Pick<MemoryCertificates, 'issued'>;
  /** What a table would hold at this moment; returns what makes it that again, as a restore would: what is no table stays as it is. */
  readonly rememberStores: () => () => void;
}

export const memoryWorld = ({
  clock,
  chance,
}: {
  readonly clock: Clock;
  readonly chance: Chance;
}): MemoryWorld => {
  const { count, setFault, watched } = watch();
  const transitions = memoryTransitions();
  const notices = memoryNotices();
  const receivers = memoryReceivers();
  const fanOut = memoryFanOut(clock);
  const shadows = memoryShadows();
  const publisher = memoryPublisher();
  const certificates = memoryCertificates();
  const shelves = newShelves();
  const world: World = {
    clock,
    chance,
    slots: watched('slots', memorySlots(shelves.slots)),
    records: watched('records', memoryRecords(shelves.records, clock)),
    members: watched('members', memoryMembers(shelves.members)),
    rollouts: watched('rollouts', memoryRollouts(shelves.rollouts)),
    deliveries: watched('deliveries', memoryDeliveries(shelves.deliveries, clock)),
    fanOut: watched('fanOut', fanOut),
    contents: watched('contents', memoryContents(clock, shelves.contents)),
    things: watched('things', memoryThings(shelves.things)),
    repeats: watched('repeats', memoryRepeats(shelves.repeats, clock)),
    pongs: watched('pongs', memoryPongs(shelves.pongs)),
    keys: watched('keys', memoryKeys(shelves.keys)),
    quotas: watched('quotas', memoryQuotas(shelves.taken, shelves.agreed)),
    audit: watched('audit', memoryAudit(clock, longest, shelves.audit)),
    catalog: watched('catalog', memoryCatalog(shelves.entries, clock)),
    estate: watched('estate', memoryEstate(shelves)),
    transitions: watched('transitions', transitions),
    notices: watched('notices', notices),
    receivers: { ...receivers, post: watched('receivers', receivers).post },
    shadows: watched('shadows', shadows),
    publisher: watched('publisher', publisher),
    certificates: watched('certificates', certificates),
  };
  return {
    world,
    count,
    setFault,
    transitions,
    fanOut,
    notices,
    receivers,
    shadows,
    publisher,
    certificates,
    rememberStores: () => rememberShelves(shelves),
  };
};
