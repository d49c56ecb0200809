import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { machineNetworks, networksOf, resolversIn } from './machine-networks.ts';

test('networks are told from all tables; guests’ own, loopback and broadcasts are not in the way', () => {
  const routes = [
    { dst: 'default', dev: 'eth0' },
    { dst: '192.0.2.0/24', dev: 'eth0' },
    { type: 'local', dst: '100.101.1.2', dev: 'tailscale0' },
    { type: 'broadcast', dst: '192.0.2.255', dev: 'eth0' },
    { type: 'local', dst: '127.0.0.0/8', dev: 'lo' },
    { dst: '100.64.0.0/30', dev: 'zyabcdef12-0' },
    { type: 'unreachable', dst: '10.0.0.0/8' },
  ];
  expect(networksOf(routes)).toEqual([
    { base: '192.0.2.0', prefixLength: 24, owner: 'eth0' },
    { base: '100.101.1.2', prefixLength: 32, owner: 'tailscale0' },
  ]);
});

test('name servers are followed: the file may be empty, or not there, or filled later', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-resolv-'));
  const file = join(directory, 'resolv.conf');
  expect(await resolversIn(file)).toEqual([]);
  await writeFile(file, '# nameserver 192.0.2.53\n');
  expect(await resolversIn(file)).toEqual([]);
  await writeFile(file, 'search example.org\nnameserver 100.100.2.136\nnameserver ::1\n');
  expect(await resolversIn(file)).toEqual(['100.100.2.136', '::1']);
  expect(await machineNetworks(async () => '[]', file)).toMatchObject([{ base: '100.100.2.136', prefixLength: 32 }]);
  await rm(directory, { recursive: true });
});
