// Where a stranger may make us call: public addresses over HTTPS, and nothing else. Asked when a URL is kept, and again when it is used.
import ipaddr from 'ipaddr.js';

/** `loopback`: also a receiver on this very machine, over HTTP and on any port. For the local cloud and for tests. */
export type Reach = 'public' | 'public and loopback';

const parsed = (address: string) => (ipaddr.isValid(address) ? ipaddr.process(address) : undefined);

/** All that is routed in public today; whatever else a library calls unicast is not. */
const globalIpv6 = ipaddr.IPv6.parseCIDR('2000::/3');

const isPublic = (address: string): boolean => {
  const ip = parsed(address);
  if (ip?.range() !== 'unicast') return false;
  return ip instanceof ipaddr.IPv4 || ip.match(globalIpv6);
};

const isLoopback = (address: string): boolean => parsed(address)?.range() === 'loopback';

export const isAllowed =
  (reach: Reach) =>
  (address: string): boolean =>
    isPublic(address) || (reach === 'public and loopback' && isLoopback(address));

/** `[::1]` is the address `::1`. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');

const isOnThisMachine = (host: string): boolean => host === 'localhost' || isLoopback(host);

/** Names that only mean something in a network of somebody's own. */
const privateNames = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|arpa|test|invalid)$/;

const objectionToHost = (host: string): string | undefined => {
  if (ipaddr.isValid(host)) return isPublic(host) ? undefined : 'is an address that is not public';
  if (host.endsWith('.')) return 'ends with a dot';
  return !host.includes('.') || privateNames.test(host) ? 'is not a public name' : undefined;
};

/** The rules in order; the first that is broken is told. */
const rules: readonly ((url: URL) => string | undefined)[] = [
  ({ username, password }) =>
    username === '' && password === '' ? undefined : 'must not hold credentials: send them in a header',
  ({ protocol }) => (protocol === 'https:' ? undefined : 'must be https'),
  ({ port }) => (port === '' ? undefined : 'must be on port 443'),
  (url) => objectionToHost(hostOf(url)),
];

/** The scheme may be left out, and is HTTPS then. */
export const urlOf = (text: string): URL | undefined => {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  return URL.canParse(whole) ? new URL(whole) : undefined;
};

export const objectionIn =
  (reach: Reach) =>
  (text: string): string | undefined => {
    const url = urlOf(text);
    if (url === undefined) return 'is not a URL';
    const isLocal = reach === 'public and loopback' && isOnThisMachine(hostOf(url));
    if (isLocal && /^https?:$/.test(url.protocol)) return undefined;
    for (const rule of rules) {
      const objection = rule(url);
      if (objection !== undefined) return objection;
    }
    return undefined;
  };
