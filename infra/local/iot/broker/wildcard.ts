// The wildcards of AWS policies: `*` stands for any text, `?` for one character; MQTT's own `+` and `#` mean nothing here.
const special = /[.*+?^${}()|[\]\\]/g;

export const escapePattern = (text: string): string => text.replace(special, '\\$&');

const oneWildcard: Record<string, string> = { '*': '.*', '?': '.' };

/** As a regular expression's source, without anchors. */
export const wildcardPattern = (text: string): string =>
  text
    .split(/([*?])/)
    .map((part) => oneWildcard[part] ?? escapePattern(part))
    .join('');

export const wildcard = (text: string): RegExp => new RegExp(`^${wildcardPattern(text)}$`, 's');
