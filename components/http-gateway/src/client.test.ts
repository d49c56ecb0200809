import { describe, expect, it, test } from 'vitest';
import { createClientReader, plainAddress } from './client.ts';

const direct = createClientReader({});
const proxied = createClientReader({ trustedProxies: ['10.0.0.0/8', '2001:db8::5'] });

describe('without a trusted proxy', () => {
  it('believes the connection and no header', () => {
    const headers = {
      host: 'cloud.example:8443',
      'x-forwarded-for': '1.2.3.4',
      'x-forwarded-host': 'evil.example',
      forwarded: 'for=1.2.3.4;host=evil.example',
    };
    expect(direct.read('::ffff:192.0.2.7', headers)).toEqual({
      address: '192.0.2.7',
      origin: 'https://cloud.example:8443',
    });
  });

  it.each([
    ['cloud.example:443', 'https://cloud.example'],
    ['CLOUD.example', 'https://cloud.example'],
    ['[2001:db8::1]:443', 'https://[2001:db8::1]'],
  ])('writes %s as browsers do: %s', (host, origin) => {
    expect(direct.read('192.0.2.7', { host }).origin).toBe(origin);
    expect(direct.read('192.0.2.7', { ':authority': host }).origin).toBe(origin);
  });

  it.each(['', 'a b', 'x@evil.example', 'evil/path', 'a:99999', '[zz]'])('refuses the host %j', (host) => {
    expect(() => direct.read('192.0.2.7', { host })).toThrow('Host');
  });
});

describe('behind trusted proxies', () => {
  it('goes back to the first address that nobody vouches for', () => {
    const read = (forwarded: string) => proxied.read('10.0.0.1', { host: 'h', 'x-forwarded-for': forwarded }).address;
    expect(read('192.0.2.7')).toBe('192.0.2.7');
    expect(read('6.6.6.6, 192.0.2.7, 10.2.2.2')).toBe('192.0.2.7');
    expect(read('10.3.3.3, 10.2.2.2')).toBe('10.3.3.3');
    expect(read('192.0.2.7:4711')).toBe('192.0.2.7');
    expect(read('192.0.2.7, unknown, 10.2.2.2')).toBe('10.2.2.2');
    expect(read('nonsense')).toBe('10.0.0.1');
  });

  it('takes host and scheme from the headers that the proxy writes', () => {
    const headers = { host: '127.0.0.1:8443', 'x-forwarded-host': 'cloud.example:443', 'x-forwarded-proto': 'https' };
    expect(proxied.read('10.0.0.1', headers).origin).toBe('https://cloud.example');
  });

  it('reads RFC 7239 where it is told to, and then nothing else', () => {
    const rfc = createClientReader({ trustedProxies: ['2001:db8::5'], forwardedHeaders: 'forwarded' });
    const headers = {
      host: '127.0.0.1:8443',
      forwarded: 'for="[2001:db8::77]:4711";proto=https;host="cloud.example:443"',
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-host': 'evil.example',
    };
    expect(rfc.read('2001:db8::5', headers)).toEqual({ address: '2001:db8::77', origin: 'https://cloud.example' });
    expect(proxied.read('10.0.0.1', headers).address).toBe('6.6.6.6');
    const both = { ...headers, forwarded: 'for=192.0.2.7;host="a,b";proto=https, for=2001:db8::5' };
    expect(rfc.read('2001:db8::5', { ...both, forwarded: 'for=192.0.2.7, for="[2001:db8::5]"' }).address).toBe(
      '192.0.2.7',
    );
  });
});

test('the public address stands for whatever a proxy made of the host', () => {
  const named = createClientReader({ publicUrl: 'https://cloud.example/', trustedProxies: ['10.0.0.1'] });
  const internal = { host: '10.0.0.9:8443' };
  expect(named.read('10.0.0.1', internal).origin).toBe('https://cloud.example');
  expect(named.read('192.0.2.7', internal).origin).toBe('https://10.0.0.9:8443');
  expect(named.read('192.0.2.7', { ...internal, origin: 'https://cloud.example' }).origin).toBe(
    'https://cloud.example',
  );
});

test('an address is written in one way', () => {
  expect(['::ffff:192.0.2.7', '[2001:db8::1]:80', 'fe80::1%eth0'].map(plainAddress)).toEqual([
    '192.0.2.7',
    '2001:db8::1',
    'fe80::1',
  ]);
});
