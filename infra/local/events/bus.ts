// The default event bus: every event goes past every rule, and to the targets of those that match.

export type BusEvent = {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: object;
};

export type BusRule = {
  readonly matches: (event: BusEvent) => boolean;
  readonly deliver: (event: BusEvent) => void;
};

export type Bus = { addRule: (rule: BusRule) => void; put: (event: BusEvent) => void };

export const createBus = (): Bus => {
  const rules: BusRule[] = [];
  return {
    addRule: (rule) => void rules.push(rule),
    put: (event) => {
      for (const { matches, deliver } of rules) if (matches(event)) deliver(event);
    },
  };
};
