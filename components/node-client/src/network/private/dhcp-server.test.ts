import { expect, test } from 'vitest';
import { dnsmasqArguments } from './dhcp-server.ts';

test('the command line', () =>
  expect(
    `${dnsmasqArguments({
      hostsArgument: '--dhcp-hostsdir=/home/network/dhcp-hosts',
      pidFile: '/home/network/dnsmasq.pid',
      shortNodeId: 'abcdef12',
      range: { base: '10.64.0.0', prefixLength: 10 },
      resolvFile: '/etc/resolv.conf',
      user: 'nobody',
    }).join('\n')}\n`,
  ).toMatchFileSnapshot('golden/dnsmasq.golden'));
