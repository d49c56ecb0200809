import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dnsmasqArguments, hostHasResolvers } from './dhcp-server.ts';

const options = {
  hostsArgument: '--dhcp-hostsdir=/home/network/dhcp-hosts',
  pidFile: '/home/network/dnsmasq.pid',
  shortNodeId: 'abcdef12',
  user: 'nobody',
};

test.each([
  ['with DNS', 'dnsmasq-dns', true],
  ['without DNS', 'dnsmasq', false],
])('the command line %s', (_, name, dns) =>
  expect(`${dnsmasqArguments({ ...options, dns }).join('\n')}\n`).toMatchFileSnapshot(`golden/${name}.golden`),
);

test.each([
  ['nameserver 192.0.2.53\n', true],
  ['search example.org\nnameserver ::1\n', true],
  ['# nameserver 192.0.2.53\n', false],
  ['', false],
])('resolvers of %j: %s', async (text, expected) => {
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-resolv-'));
  await writeFile(join(directory, 'resolv.conf'), text);
  expect(await hostHasResolvers(join(directory, 'resolv.conf'))).toBe(expected);
  expect(await hostHasResolvers(join(directory, 'missing'))).toBe(false);
  await rm(directory, { recursive: true });
});
