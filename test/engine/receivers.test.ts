// Where a stranger may make us call: written out by hand, range by range.
import { describe, expect, it } from 'vitest';
import { isAllowed, objectionIn } from '#engine/receivers';

const forbidden: readonly (readonly [string, string])[] = [
  ['this machine', '127.0.0.1'],
  ['this machine, all of its range', '127.255.255.254'],
  ['no address', '0.0.0.0'],
  ['this network', '0.1.2.3'],
  ['private', '10.0.0.1'],
  ['private', '172.16.0.1'],
  ['private', '172.31.255.255'],
  ['private', '192.168.1.1'],
  ['a provider’s own network', '100.64.0.1'],
  ['the metadata of a machine', '169.254.169.254'],
  ['the credentials of a container', '169.254.170.2'],
  ['protocols', '192.0.0.8'],
  ['documentation', '192.0.2.1'],
  ['documentation', '203.0.113.1'],
  ['benchmarks', '198.18.0.1'],
  ['a relay to IPv6', '192.88.99.1'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['everybody here', '255.255.255.255'],
  ['this machine, IPv6', '::1'],
  ['no address, IPv6', '::'],
  ['link-local', 'fe80::1'],
  ['unique-local', 'fc00::1'],
  ['the metadata of a machine, IPv6', 'fd00:ec2::254'],
  ['site-local', 'fec0::1'],
  ['multicast, IPv6', 'ff02::1'],
  ['documentation, IPv6', '2001:db8::1'],
  ['a private one in the form of IPv6', '::ffff:10.0.0.1'],
  ['this machine in the form of IPv6', '::ffff:7f00:1'],
  ['this machine in an older form of IPv6', '::127.0.0.1'],
  ['a private one behind a translator', '64:ff9b::a00:1'],
  ['a private one behind a tunnel', '2002:a00:1::1'],
  ['a tunnel through NAT', '2001::1'],
  ['discarded', '100::1'],
  ['not given to anybody', '4000::1'],
  ['no address at all', 'hooks.example.com'],
];

const allowed = ['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450::1'];

describe('an address', () => {
  it.each(forbidden)('that is %s is never called: %s', (_, address) => {
    expect(isAllowed('public')(address)).toBe(false);
  });

  it.each(allowed)('that is public is: %s', (address) => {
    expect(isAllowed('public')(address)).toBe(true);
  });

  it.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['8.8.8.8', true],
    ['10.0.0.1', false],
    ['169.254.169.254', false],
    ['fe80::1', false],
  ])('on a stage of this machine, %s: %s', (address, expected) => {
    expect(isAllowed('public and loopback')(address)).toBe(expected);
  });
});

describe('a URL', () => {
  it.each([
    'https://hooks.example.com/a?b=c',
    'hooks.example.com/a',
    'https://hooks.example.com:443/',
    'https://8.8.8.8/hook',
    'https://[2606:4700:4700::1111]/hook',
    'https://bücher.example.com/',
  ])('that may be called: %s', (url) => {
    expect(objectionIn('public')(url)).toBeUndefined();
  });

  it.each([
    ['http://hooks.example.com', 'must be https'],
    ['ftp://hooks.example.com', 'must be https'],
    ['file:///etc/passwd', 'must be https'],
    ['https://hooks.example.com:8443', 'must be on port 443'],
    ['hooks.example.com:22', 'must be on port 443'],
    ['https://user:password@hooks.example.com', 'must not hold credentials'],
    ['https://user@hooks.example.com', 'must not hold credentials'],
    ['https://localhost', 'is not a public name'],
    ['https://api.localhost', 'is not a public name'],
    ['https://metadata.google.internal', 'is not a public name'],
    ['https://printer.local', 'is not a public name'],
    ['https://intranet', 'is not a public name'],
    ['https://hooks.example.com.', 'ends with a dot'],
    ['https://127.0.0.1', 'is an address that is not public'],
    ['https://127.1', 'is an address that is not public'],
    ['https://2130706433', 'is an address that is not public'],
    ['https://0x7f000001', 'is an address that is not public'],
    ['https://0177.0.0.1', 'is an address that is not public'],
    ['https://１２７.0.0.1', 'is an address that is not public'],
    ['https://[::1]', 'is an address that is not public'],
    ['https://[::ffff:169.254.169.254]', 'is an address that is not public'],
    ['https://169.254.169.254/latest/meta-data', 'is an address that is not public'],
    ['https://', 'is not a URL'],
    ['not a URL', 'is not a URL'],
    ['', 'is not a URL'],
  ])('that may not: %s %s', (url, objection) => {
    expect(objectionIn('public')(url)).toContain(objection);
  });

  it.each([
    ['http://127.0.0.1:4000/hook', undefined],
    ['http://[::1]:4000/hook', undefined],
    ['http://localhost:4000/hook', undefined],
    ['https://127.0.0.1:4000/hook', undefined],
    ['http://10.0.0.1:4000/hook', 'must be https'],
    ['http://hooks.example.com/', 'must be https'],
    ['https://192.168.1.1/', 'is an address that is not public'],
    ['ftp://127.0.0.1/', 'must be https'],
  ])('on a stage of this machine: %s %s', (url, objection) => {
    expect(objectionIn('public and loopback')(url)).toBe(objection);
  });
});
