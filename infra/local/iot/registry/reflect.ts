// The four metadata functions that the certificate library's injector asks of `Reflect` before it loads; import this first.
const metadata = new WeakMap<object, Map<unknown, unknown>>();

const ownMetadata = (key: unknown, target: object): unknown => metadata.get(target)?.get(key);

const inheritedMetadata = (key: unknown, target: object | null): unknown => {
  if (target === null) return undefined;
  return metadata.get(target)?.has(key)
    ? ownMetadata(key, target)
    : inheritedMetadata(key, Object.getPrototypeOf(target));
};

const defineMetadata = (key: unknown, value: unknown, target: object): void => {
  const known = metadata.get(target) ?? new Map();
  metadata.set(target, known.set(key, value));
};

const standIn = {
  defineMetadata,
  getOwnMetadata: ownMetadata,
  getMetadata: inheritedMetadata,
  metadata: (key: unknown, value: unknown) => (target: object) => defineMetadata(key, value, target),
};

// A real polyfill that is already there wins.
for (const [name, value] of Object.entries(standIn)) {
  if (!(name in Reflect)) Object.defineProperty(Reflect, name, { value, configurable: true, writable: true });
}
