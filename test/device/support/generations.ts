// Sets of files that follow from a number, so that whoever finds one can tell which it is, and whether it is whole.
import type { Texts } from './sets.ts';

const large = (text: string): string => `${text}\n`.repeat(20_000);

/** Every generation differs in each of its files, has one of its own, and one large enough to come in chunks. */
export const generation = (seq: number): Texts => ({
  'srv/a.json': `generation ${seq}`,
  'srv/deep/er/b.json': `${seq}`,
  [`srv/only-${seq % 4}/c.json`]: `generation ${seq}, alone`,
  [`etc/${seq % 2}.conf`]: `generation ${seq}`,
  'srv/large': large(`generation ${seq}`),
});
