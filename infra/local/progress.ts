// Progress for the person who waits: one line per step with the time since the start, and a sign of life in a long one.

export type Progress = {
  /** Does a step and says so; a step that takes longer than a second is announced while it runs. */
  step: <T>(what: string, act: () => Promise<T>) => Promise<T>;
  say: (line: string) => void;
};

const announceMs = 1000;
const repeatMs = 5000;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1).padStart(5)} s`;

export const startProgress = (print: (line: string) => void, now: () => number = Date.now): Progress => {
  const started = now();
  const say = (line: string) => print(`${seconds(now() - started)}  ${line}`);
  const step = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    const first = setTimeout(() => say(`… ${what}`), announceMs);
    const again = setInterval(() => say(`… ${what}, still at it`), repeatMs);
    try {
      const result = await act();
      say(`✓ ${what}`);
      return result;
    } finally {
      clearTimeout(first);
      clearInterval(again);
    }
  };
  return { step, say };
};

export const silent: Progress = { step: (_what, act) => act(), say: () => {} };
