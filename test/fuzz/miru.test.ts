// Any request to any of Miru's routes.
import { fuzz } from './fuzz.ts';
import { miruSubject } from './worlds/miru.ts';

await fuzz(miruSubject);
