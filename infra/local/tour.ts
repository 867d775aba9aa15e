// The tour of npm start: an integrator and a device, told step by step against the cloud that has just booted.
import type { LocalCloud } from './cloud.ts';
import { environmentOfFleet, environmentStory } from './tour/environment.ts';
import { fleet } from './tour/fleet.ts';
import { environmentsAt, orchestrationAt, platformAt } from './tour/platform.ts';
import { serverStory } from './tour/server.ts';
import { story, type Told } from './tour/story.ts';

export type TourOptions = Pick<Told, 'directory' | 'stateDirectory' | 'say' | 'log' | 'onEnd'> & {
  /** Size of the fleet that comes after the story; 0 is none. */
  devices: number;
};

/** Seconds since the epoch, short and sortable. */
const thisRun = (): string => Math.floor(Date.now() / 1000).toString();

export const tour = async ({ config }: LocalCloud, { devices, ...options }: TourOptions): Promise<void> => {
  const told: Told = { ...options, platform: platformAt(config.url, config.apiKey), run: thisRun() };
  const device = await story(told);
  await serverStory({
    ...told,
    orchestration: orchestrationAt(config.url, config.apiKey, config.organization),
  });
  const inEnvironments = {
    ...told,
    environments: environmentsAt(config.url, config.apiKey, config.organization),
  };
  await environmentStory(inEnvironments, device);
  if (devices === 0) return;
  const names = await fleet(told, devices);
  await environmentOfFleet(inEnvironments, names);
};
