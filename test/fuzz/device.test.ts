// Any request to the door for things that have no certificate yet.
import { fuzz } from './fuzz.ts';
import { deviceSubject } from './worlds/device.ts';

await fuzz(deviceSubject);
