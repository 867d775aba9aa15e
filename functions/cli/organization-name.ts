// How an organization may be called, and what is wrong with a name that is none.
import { UsageError } from './surroundings.ts';

const form = 'at least 2 characters, lower-case letters and digits, single hyphens between them';

/** `missing` is the sentence for no name at all. */
export const organizationNamed = (text: string | undefined, missing: string): string => {
  if (text === undefined) throw new UsageError(`${missing} It has ${form}.`);
  if (!/^[a-z0-9](?:-?[a-z0-9]+)+$/.test(text))
    throw new UsageError(`"${text}" is no name of an organization: it has ${form}.`);
  return text;
};
