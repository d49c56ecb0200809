import { X509Certificate } from 'node:crypto';
import type { NetworkInterfaceInfo } from 'node:os';
import { PlatformError, silentLogger } from '@zhiyun/kernel';
import { createAuthority, createCertificateRequest, newPrivateKey, signServerCertificate } from '@zhiyun/link';
import { virtualClock } from '@zhiyun/testkit';
import { afterEach, expect, test } from 'vitest';
import { certificateNames, type GatewayCertificate, keepCertificate } from './gateway-certificate.ts';

const day = 24 * 3600 * 1000;
const at = (address: string) => ({ address }) as NetworkInterfaceInfo;

test('every address of the machine is a name, whatever it begins with; only taps of guests are none', () => {
  const interfaces = {
    lo: [at('127.0.0.1'), at('::1')],
    eth0: [at('100.80.1.2'), at('2001:db8::1'), at('fe80::1')],
    'zy0000000a-1': [at('100.64.0.1'), at('192.168.7.1')],
  };
  const names = certificateNames({ listenHost: '0.0.0.0', publicUrl: 'https://cloud.example:8443' }, interfaces);
  expect(names).toEqual(expect.arrayContaining(['localhost', 'cloud.example', '127.0.0.1', '::1', '100.80.1.2']));
  expect(names).toContain('2001:db8::1');
  expect(names.filter((name) => /^(100\.64|192\.168|fe80|0\.0\.0\.0)/.test(name))).toEqual([]);
  expect(certificateNames({ listenHost: '198.51.100.7' }, {})).toContain('198.51.100.7');
});

let keeping: AsyncDisposable | undefined;
afterEach(() => keeping?.[Symbol.asyncDispose]());

/** A keeper on virtual time, with an authority whose clock is the same. */
async function keeper() {
  const clock = virtualClock();
  const authority = await createAuthority('test');
  const state = { names: ['localhost'], away: false, used: [] as GatewayCertificate[] };
  const sign = async (names: readonly string[], now: number): Promise<GatewayCertificate> => {
    const key = newPrivateKey();
    return {
      key,
      certificate: await signServerCertificate(authority, await createCertificateRequest(key), names, now),
      names,
    };
  };
  const start = (certificate: GatewayCertificate) => {
    keeping = keepCertificate({
      certificate,
      names: () => state.names,
      obtain: async (names) => {
        if (state.away) throw new PlatformError('unavailable', 'No Data Server.');
        return sign(names, clock.now());
      },
      use: (renewed) => state.used.push(renewed),
      clock,
      log: silentLogger,
    });
  };
  const pass = async (ms: number) => {
    await clock.advance(ms);
  };
  /** Signing is real work, and takes real time. */
  const used = async (count: number) => {
    await expect.poll(() => state.used.length).toBe(count);
    return new X509Certificate(state.used[count - 1]?.certificate ?? '');
  };
  return { clock, state, sign, start, pass, used };
}

test('a certificate is good from a day ago', async () => {
  const { clock, sign } = await keeper();
  const { validFromDate } = new X509Certificate((await sign(['a'], clock.now())).certificate);
  expect(clock.now() - validFromDate.getTime()).toBeGreaterThanOrEqual(day - 1000);
});

test('an address that comes or goes is in the next certificate', async () => {
  const { clock, state, sign, start, pass, used } = await keeper();
  start(await sign(state.names, clock.now()));
  await pass(120_000);
  expect(state.used).toEqual([]);
  state.names = ['localhost', '192.0.2.9'];
  await pass(60_000);
  expect((await used(1)).subjectAltName).toContain('192.0.2.9');
  state.names = ['localhost'];
  await pass(60_000);
  await used(2);
});

test.each([
  ['not good yet, for the clock was ahead when it was signed', 8 * day],
  ['good no more, for the clock was behind', -91 * day],
])('one that is %s is replaced', async (_, off) => {
  const { clock, state, sign, start, pass, used } = await keeper();
  start(await sign(state.names, clock.now() + off));
  await pass(60_000);
  const { validFromDate, validToDate } = await used(1);
  expect(validFromDate.getTime() < clock.now() && clock.now() < validToDate.getTime()).toBe(true);
});

test('without a Data Server the old one stays, and it is tried again', async () => {
  const { clock, state, sign, start, pass, used } = await keeper();
  start(await sign(['elsewhere'], clock.now()));
  state.away = true;
  await pass(180_000);
  expect(state.used).toEqual([]);
  state.away = false;
  await pass(60_000);
  await used(1);
});
