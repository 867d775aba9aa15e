// Lists that are too long for one answer, as Humanitec pages its own: `per_page`, `page`, and a Link to the next.
import * as z from 'zod';
import type { Call } from '../../dialect.ts';
import { clamped, single } from '../../query.ts';

const perPageMax = 100;
const perPage = 50;

export const pageQuery = {
  per_page: clamped(1, perPageMax, perPage).meta({ description: `At most ${perPageMax}.` }),
  page: single(z.string().max(256))
    .optional()
    .meta({ description: 'As the Link header of the page before says.' }),
};

/** Where the next page is, for whoever follows the Link header. */
export const linkTo = (
  { baseUrl, route }: Pick<Call<unknown, unknown>, 'baseUrl' | 'route'>,
  next: string | null,
  query: Readonly<Record<string, string | number | undefined>>,
): Readonly<Record<string, string>> => {
  if (next === null) return {};
  const path = route.split(' ').at(-1) ?? '';
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, page: next }))
    if (value !== undefined) search.set(name, String(value));
  return { link: `<${baseUrl}${path}?${search}>; rel="next"` };
};
