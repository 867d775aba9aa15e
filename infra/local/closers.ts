// What has been opened, to be closed in reverse order; one that fails to close does not keep the others open.

type Close = () => Promise<void> | void;

export type Closers = {
  add: (close: Close) => void;
  /** Remembers a part as soon as it is there. */
  open: <Part extends { close: () => Promise<void> }>(start: Promise<Part>) => Promise<Part>;
  close: () => Promise<void>;
};

const attempt = async (close: Close): Promise<void> => {
  try {
    await close();
  } catch {
    // It is on its way out.
  }
};

export const closers = (): Closers => {
  const all: Close[] = [];
  return {
    add: (close) => {
      all.push(close);
    },
    open: async (start) => {
      const part = await start;
      all.push(part.close);
      return part;
    },
    close: async () => {
      for (const close of all.splice(0).reverse()) await attempt(close);
    },
  };
};
