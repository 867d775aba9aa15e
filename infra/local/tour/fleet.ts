// The tour for a fleet: one deployment to every device, with a sign of life on the way and a summary at the end.
import { join } from 'node:path';
import { careful, digestOf, filePath, sha256 } from './content.ts';
import { startDevices } from './devices.ts';
import { createDeployment, makeCatalogue, makeInstance, step, type Told, untilItIs } from './story.ts';

/** Requests that are under way at one time. */
const atOnce = 8;

export const forEach = async <Item>(
  items: readonly Item[],
  act: (item: Item) => Promise<void>,
): Promise<void> => {
  const waiting = [...items];
  const work = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
};

/** Says how far it is, at most once per second. */
export const counter = (say: (line: string) => void, what: string, total: number) => {
  let said = Date.now();
  return (count: number): void => {
    if (count < total && Date.now() - said < 1000) return;
    said = Date.now();
    say(`${count} of ${total} ${what}`);
  };
};

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

const idOf = async ({ platform }: Told, name: string): Promise<string> => {
  const { data } = await platform.call<{ data: { id: string; name: string }[] }>(
    'GET',
    `/devices?name=${encodeURIComponent(name)}`,
  );
  const found = data.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no device ${name}`);
  return found.id;
};

/** Every so many-th device fails what its environment brings: 5 in 100. */
export const faultyEvery = 20;

/** Answers the devices' names: they go on into the next chapter. */
export const fleet = async (told: Told, count: number): Promise<readonly string[]> => {
  const { platform, run, say } = told;
  const name = `fleet-${run}`;
  const names = Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
  const devices = startDevices({ ...told, name, count, more: ['--faulty', `${faultyEvery}`] });
  told.onEnd(devices.stop);
  const online = counter(say, 'devices connected', count);
  await step(
    told,
    () => devices.connected(count, online),
    () => `a fleet of ${count} is connected`,
  );

  const catalogue = await makeCatalogue(told, 'fleet');
  const instance = await makeInstance(told, catalogue, careful);
  const took: number[] = [];
  const deployed = counter(say, 'devices deployed', count);
  await step(
    told,
    () =>
      forEach(names, async (device) => {
        const deviceId = await idOf(told, device);
        const started = performance.now();
        const wish = {
          description: 'To the whole fleet',
          releaseId: catalogue.releaseId,
          deviceId,
          instanceId: instance.id,
        };
        const { id } = await createDeployment(platform, wish);
        await untilItIs(platform, id, 'deployed');
        took.push(performance.now() - started);
        deployed(took.length);
      }),
    () => `${count} deployments deployed`,
  );

  const digests = await Promise.all(
    names.map((device) => digestOf(join(told.directory, device, 'release', filePath))),
  );
  const verified = digests.filter((digest) => digest === sha256(careful)).length;
  const sorted = took.sort((left, right) => left - right).map(Math.round);
  say(
    `from request to confirmed: half within ${percentile(sorted, 0.5)} ms, 99 of 100 within ${percentile(sorted, 0.99)} ms`,
  );
  say(`${verified} of ${count} disks hold exactly what was posted`);
  if (verified !== count) throw new Error('some disks do not');
  return names;
};
