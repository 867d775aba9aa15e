// What can be said of a unit of work: plain values, by name.
export interface Facts {
  readonly [fact: string]: string | number | boolean | null | undefined;
}
