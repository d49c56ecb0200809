import { expect, test } from 'vitest';
import { obstaclesTo, type ProbePacket } from './firewall-probe.ts';
import type { NftChain, NftRule } from './nft-json.ts';

const out: ProbePacket = { hook: 'forward', iifname: 'zyabcdef12-0', protocol: 'tcp', dport: 443, ctState: 'new' };
const back: ProbePacket = {
  hook: 'forward',
  oifname: 'zyabcdef12-0',
  protocol: 'tcp',
  dport: 50_000,
  ctState: 'established',
};
const dhcp: ProbePacket = { hook: 'input', iifname: 'zyabcdef12-0', protocol: 'udp', dport: 67, ctState: 'new' };

const chain = (name: string, more: Partial<NftChain> = {}): NftChain => ({
  family: 'ip',
  table: 'filter',
  name,
  ...more,
});
const base = (name: string, hook: string, policy: string) => chain(name, { hook, type: 'filter', prio: 0, policy });
const rule = (name: string, ...expr: unknown[]): NftRule => ({ family: 'ip', table: 'filter', chain: name, expr });
const match = (left: unknown, right: unknown, op = '==') => ({ match: { op, left, right } });
const iif = (name: string, op?: string) => match({ meta: { key: 'iifname' } }, name, op);
const oif = (name: string) => match({ meta: { key: 'oifname' } }, name);
const states = (...names: string[]) => match({ ct: { key: 'state' } }, names, 'in');
const counter = { counter: { packets: 1, bytes: 2 } };
const accept = { accept: null };

/** As Docker makes them. */
const docker = [base('FORWARD', 'forward', 'drop'), chain('DOCKER-USER'), chain('DOCKER-FORWARD')];
const dockerRules = [
  rule('FORWARD', counter, { jump: { target: 'DOCKER-USER' } }),
  rule('FORWARD', counter, { jump: { target: 'DOCKER-FORWARD' } }),
  rule('DOCKER-FORWARD', oif('docker0'), { xt: { type: 'match', name: 'conntrack' } }, counter, accept),
  rule('DOCKER-FORWARD', iif('docker0'), counter, accept),
];

test('Docker’s policy drops what guests send and get', () => {
  const obstacle = [{ family: 'ip', table: 'filter', chain: 'FORWARD', tool: 'iptables' }];
  expect(obstaclesTo(out, docker, dockerRules)).toEqual(obstacle);
  expect(obstaclesTo(back, docker, dockerRules)).toEqual(obstacle);
});

test('what is accepted in its DOCKER-USER passes', () => {
  const rules = [...dockerRules, rule('DOCKER-USER', iif('zyabcdef12-*'), counter, accept)];
  expect(obstaclesTo(out, docker, rules)).toEqual([]);
  expect(obstaclesTo(back, docker, rules)).toHaveLength(1);
});

test('firewalld accepts replies and rejects the rest, except of interfaces that it trusts', () => {
  const inet = (one: NftChain | NftRule) => ({ ...one, family: 'inet', table: 'firewalld' });
  const chains = [base('filter_FORWARD', 'forward', 'accept'), chain('filter_FWD'), chain('filter_FWD_trusted')].map(
    inet,
  ) as NftChain[];
  const rules = [
    rule('filter_FORWARD', states('established', 'related'), accept),
    rule('filter_FORWARD', match({ ct: { key: 'status' } }, 'dnat', 'in'), accept),
    rule('filter_FORWARD', iif('lo'), accept),
    rule('filter_FORWARD', { jump: { target: 'filter_FWD' } }),
    rule('filter_FORWARD', states('invalid'), { drop: null }),
    rule('filter_FORWARD', { reject: { type: 'icmpx', expr: 'admin-prohibited' } }),
  ].map(inet) as NftRule[];
  expect(obstaclesTo(out, chains, rules)).toEqual([
    { family: 'inet', table: 'firewalld', chain: 'filter_FORWARD', tool: 'firewalld' },
  ]);
  expect(obstaclesTo(back, chains, rules)).toEqual([]);
  const trusting = [
    ...rules,
    inet(rule('filter_FWD', iif('zy*'), { goto: { target: 'filter_FWD_trusted' } })) as NftRule,
    inet(rule('filter_FWD_trusted', accept)) as NftRule,
  ];
  expect(obstaclesTo(out, chains, trusting)).toEqual([]);
});

test('a policy of INPUT keeps guests from DHCP, until port 67 is open', () => {
  const chains = [base('INPUT', 'input', 'drop')];
  const udp = (...ports: unknown[]) => match({ payload: { protocol: 'udp', field: 'dport' } }, { set: ports }, 'in');
  expect(obstaclesTo(dhcp, chains, [rule('INPUT', iif('eth0'), accept)])).toHaveLength(1);
  expect(obstaclesTo(dhcp, chains, [rule('INPUT', udp(53, { range: [60, 70] }), accept)])).toEqual([]);
  expect(obstaclesTo(dhcp, chains, [rule('INPUT', iif('eth0', '!='), accept)])).toEqual([]);
});

test('chains that accept, other hooks and what cannot be judged are no obstacles', () => {
  const unknown = rule('FORWARD', { xt: { type: 'match', name: 'string' } }, { drop: null });
  expect(obstaclesTo(out, [base('FORWARD', 'forward', 'accept')], [unknown])).toEqual([]);
  expect(obstaclesTo(out, [base('INPUT', 'input', 'drop')], [])).toEqual([]);
});
