// Any request to any of Humanitec's routes.
import { fuzz } from './fuzz.ts';
import { humanitecSubject } from './worlds/humanitec.ts';

await fuzz(humanitecSubject);
