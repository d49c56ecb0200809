import { expect, test } from 'vitest';
import { certificateNames } from './gateway-certificate.ts';

const at = (address: string) => [
  { address, netmask: '', mac: '', internal: false, cidr: null, family: 'IPv4' as const },
];

test('taps of guests are told by their names: an address that begins with 100. is one of this machine', () => {
  const names = certificateNames('0.0.0.0', { eth0: at('100.64.9.9'), 'zy1a2b3c4d-7': at('10.64.0.1') });
  expect(names).toContain('100.64.9.9');
  expect(names).not.toContain('10.64.0.1');
});
