// A copy of what a store keeps, down to its last part. Most of what our tests compute is in stores: this takes a fraction of what
// structuredClone does for the plain objects that all of them keep, and leaves everything else to it.

const isPlain = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const partsCopied = <Value extends object>(value: Value): Value => {
  // A spread keeps keys such as `__proto__` what they are: then nothing below gives the copy another prototype.
  const copy = { ...value } as Record<string, unknown>;
  for (const key of Object.keys(copy)) copy[key] = copied(copy[key]);
  return copy as Value;
};

export const copied = <Value>(value: Value): Value => {
  if (typeof value === 'function' || typeof value === 'symbol') return structuredClone(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copied) as Value;
  return isPlain(value) ? partsCopied(value) : structuredClone(value);
};
