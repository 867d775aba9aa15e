// After a start: finish or undo what a crash left, see whether the set in force is sound, and remember what was said about it.
import { join } from 'node:path';
import { type Current, protocolVersion } from '../../shadow.ts';
import { digestOf } from '../digest.ts';
import { asDeviceError, type DeviceError, deviceError, troubleOf } from '../errors.ts';
import { type KeptReport, readReport } from './report-file.ts';
import { withSalt } from './salt.ts';
import { settle } from './settle.ts';
import { heldSet, layout, type NamedSet, type SetRecord, type Store } from './store.ts';

export interface Recovered {
  /** What to publish on connect; absent if this channel never had a target. */
  readonly kept: KeptReport | undefined;
  readonly trouble: DeviceError | undefined;
}

export const appliedReport = ({
  seq,
  deployment,
  manifest,
  attempt,
  items,
}: Omit<SetRecord, 'dirs'>): Current => ({
  v: protocolVersion,
  seq,
  deployment,
  manifest,
  state: items.length > 0 ? 'applied' : 'removed',
  attempt,
  error: null,
});

const verify = async (store: Store, { name, record }: NamedSet): Promise<void> => {
  for (const item of record?.items ?? []) {
    const file = await store.disk.read(join(layout(store).files(name), item.path));
    if (!file || digestOf(withSalt(file, item)) !== item.digest)
      throw deviceError('files_damaged', JSON.stringify(item.path));
  }
};

const mend = async (store: Store, held: NamedSet | undefined): Promise<DeviceError | undefined> => {
  try {
    await settle(store);
    if (held) await verify(store, held);
    return undefined;
  } catch (error) {
    return asDeviceError(error);
  }
};

const reportOf = (held: SetRecord, trouble: DeviceError | undefined): Current => {
  const report = appliedReport(held);
  // Never final: whatever happened to the files behind the agent's back, it tries to place them again.
  return trouble ? { ...report, state: 'retrying', error: troubleOf(trouble) } : report;
};

export const recover = async (store: Store): Promise<Recovered> => {
  const held = await heldSet(store);
  const trouble = await mend(store, held);
  const said = await readReport(store);
  const record = held?.record;
  if (!record || (said && said.report.seq > record.seq)) return { kept: said, trouble };
  return { kept: { report: reportOf(record, trouble), retryAt: null }, trouble };
};
