import { expect, test } from 'vitest';
import { tokenAddresses } from './token-addresses.ts';

const at = (port: number, ...hosts: string[]) => ({ hosts, port, machine: 'm' });

test('the best host of each Data Server comes first, four in all', () => {
  const addresses = tokenAddresses([
    at(1, '10.0.0.1', '10.1.0.1', '10.2.0.1'),
    at(2, '10.0.0.2', '10.1.0.2', '10.2.0.2'),
  ]);
  expect(addresses).toEqual([
    { host: '10.0.0.1', port: 1 },
    { host: '10.0.0.2', port: 2 },
    { host: '10.1.0.1', port: 1 },
    { host: '10.1.0.2', port: 2 },
  ]);
});

test('loopback is named only when there is nothing else', () => {
  expect(tokenAddresses([at(1, '127.0.0.1'), at(2, '10.0.0.2')])).toEqual([{ host: '10.0.0.2', port: 2 }]);
  expect(tokenAddresses([at(1, '127.0.0.1')])).toEqual([{ host: '127.0.0.1', port: 1 }]);
});
