// MQTT topic names and filters: what AWS allows, and which filter matches which topic.
const topicBytesMax = 256;
const slashesMax = 7;

const isShort = (text: string) => text.length > 0 && Buffer.byteLength(text) <= topicBytesMax;
const isShallow = (text: string) => text.split('/').length - 1 <= slashesMax;

export const isTopic = (topic: string): boolean =>
  isShort(topic) && isShallow(topic) && !/[+#\0]/.test(topic);

/** `+` and `#` stand for whole levels, and `#` only at the end. */
export const isTopicFilter = (filter: string): boolean =>
  isShort(filter) &&
  isShallow(filter) &&
  filter.split('/').every((level, index, levels) => {
    if (level === '#') return index === levels.length - 1;
    return level === '+' || !/[+#\0]/.test(level);
  });

/** A leading wildcard never matches a reserved topic [MQTT-4.7.2-1]. */
export const matchesFilter = (filter: string, topic: string): boolean => {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  if (topic.startsWith('$') && !filter.startsWith('$')) return false;
  const end = wanted.indexOf('#');
  const exact = end === -1 ? wanted : wanted.slice(0, end);
  if (end === -1 ? levels.length !== exact.length : levels.length < exact.length) return false;
  return exact.every((level, index) => level === '+' || level === levels[index]);
};
