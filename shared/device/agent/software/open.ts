// Opens the channel on this device: what a crash left is ended first, then the list is heard.
import { realDisk } from '../files/disk.ts';
import type { ChannelSync } from '../sync/hearing.ts';
import { createSoftware, type SoftwareDependencies } from './channel.ts';
import { createJournal } from './journal.ts';
import { makeLayout } from './layout.ts';
import { load } from './load.ts';

export const openSoftware = async (
  root: string,
  needs: Omit<SoftwareDependencies, 'journal'>,
): Promise<ChannelSync> => {
  const { channel, clock, onEvent, options } = needs;
  const disk = options.disk ?? realDisk;
  await makeLayout(root);
  const found = await load(disk, root, clock.now());
  for (const { seq, deployment } of found.interrupted)
    onEvent({ event: 'interrupted', channel, seq, deployment });
  return createSoftware({ ...needs, journal: createJournal(disk, root, found) });
};
