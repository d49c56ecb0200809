import type { ComponentType } from '@zhiyun/contracts/links';
import { expect, test } from 'vitest';
import { platformAddresses } from './platform-addresses.ts';

test('every address at which a component says it can be reached, and where it was found', () => {
  const peer = (found: string, ...hosts: string[]) => ({
    address: { host: found, port: 1 },
    endpoint: { hosts, port: 1, machine: 'm' },
  });
  const peers: Partial<Record<ComponentType, ReturnType<typeof peer>[]>> = {
    'data-server': [peer('127.0.0.1', '192.0.2.1', 'fd00::1')],
    'control-server': [peer('192.0.2.1', '192.0.2.1'), peer('192.0.2.2', '10.0.0.2', '192.0.2.2')],
    'storage-server': [peer('store.example')],
  };
  expect(platformAddresses({ peers: (type) => peers[type] ?? [] })).toEqual(['10.0.0.2', '192.0.2.1', '192.0.2.2']);
});
