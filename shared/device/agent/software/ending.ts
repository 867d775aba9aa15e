// How a run ended: what the process gave back, or why there was none.
import type { Text } from './text.ts';

export interface Ending {
  readonly status: number;
  readonly stdout: Text;
  readonly stderr: Text;
  readonly outputs: ReadonlyMap<string, Text>;
}

const silence: Text = { text: '', isTrimmed: false };

/** The agent's own words stand at the end of stderr, each in a line that says whose they are. */
export const withNote = (stderr: Text, note: string): Text => {
  const separator = stderr.text === '' || stderr.text.endsWith('\n') ? '' : '\n';
  return { ...stderr, text: `${stderr.text}${separator}shadowcast: ${note}\n` };
};

/** Nothing was run. */
export const couldNot = (status: number, why: string): Ending => ({
  status,
  stdout: silence,
  stderr: withNote(silence, why),
  outputs: new Map(),
});
