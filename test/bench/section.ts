// A section of the bench: what it measures as data first, and then as Markdown.
import type { Options } from './options.ts';

export interface Section {
  readonly name: string;
  readonly title: string;
  /** Undefined: not asked for in this way. */
  readonly run: (options: Options) => Promise<Measured | undefined>;
}

export interface Measured {
  readonly data: unknown;
  readonly markdown: string;
}

export const section = <Data>(
  name: string,
  title: string,
  measure: (options: Options) => Promise<Data | undefined>,
  render: (data: Data) => string,
): Section => ({
  name,
  title,
  run: async (options) => {
    const data = await measure(options);
    return data === undefined ? undefined : { data, markdown: render(data) };
  },
});
