// Any request to any of Heat's routes, and to those of Keystone beside it.
import { fuzz } from './fuzz.ts';
import { heatSubject } from './worlds/heat.ts';

await fuzz(heatSubject);
