// Where things are on this machine: all that a template's values can depend on.

/** Where things are, known before anything is resolved: names and addresses, no state. */
export type World = {
  region: string;
  accountId: string;
  partition: string;
  queueUrl: (name: string) => string;
  apiUrl: string;
};
