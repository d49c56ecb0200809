import { renderSentence, say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { reservationOf } from './dhcp-reservations.ts';
import { formerRange } from './guest-range.ts';
import { diffNetwork } from './network-diff.ts';
import type { ObservedNetwork, WantedNetwork } from './network-state.ts';
import { elementsOf } from './nft-json.ts';
import { guestLink } from './slots.ts';

const owner = { shortNodeId: 'abcdef12', range: formerRange };
const web = guestLink(owner, 0, '02:00:00:00:00:01');
const db = guestLink(owner, 1, '02:00:00:00:00:02');
const wanted: WantedNetwork = {
  ...owner,
  rangeWaits: null,
  links: [web, db],
  tableForm: 'form',
  directory: '/home/network',
  resolvFile: '/etc/resolv.conf',
};
const elements = new Set([...elementsOf(web), ...elementsOf(db)]);
const tap = { isUp: true, hasCarrier: true };
const right: ObservedNetwork = {
  table: { form: 'form', elements },
  hasGuard: true,
  taps: new Map([
    [web.tap, tap],
    [db.tap, { ...tap, hasCarrier: false }],
  ]),
  unplugged: new Set(),
  localAddresses: new Set(['127.0.0.1', web.gateway, db.gateway]),
  forwards: true,
  reservations: new Map([web, db].map((link) => [String(link.slot), reservationOf(link)])),
  dhcp: { runs: true, problem: undefined },
  obstacles: { forward: [], input: [] },
  used: [{ base: '192.0.2.0', prefixLength: 24, owner: 'eth0' }],
  resolvers: ['192.0.2.53'],
};
const found = (observed: ObservedNetwork, want = wanted) =>
  diffNetwork(want, observed).map(({ kind, subject, repair }) => [kind, subject, repair].filter(Boolean).join(' '));

test('what is as it is wanted has no faults, and of what was not looked at nothing is said', () => {
  expect(found(right)).toEqual([]);
  expect(found({})).toEqual([]);
});

test.each<[string, ObservedNetwork, string]>([
  ['no table', { table: null }, 'rules-missing rules'],
  ['another rule', { table: { form: 'other', elements } }, 'rules-altered rules'],
  ['an element less', { table: { form: 'form', elements: new Set(elementsOf(web)) } }, 'rules-altered rules'],
  [
    'an element more',
    { table: { form: 'form', elements: new Set([...elements, 'links zy 02']) } },
    'rules-altered rules',
  ],
  ['no guard', { hasGuard: false }, 'guard-missing guard'],
  ['a tap less', { taps: new Map([[web.tap, tap]]) }, `tap-missing ${db.tap} taps`],
  ['a tap that is off', { taps: new Map(right.taps).set(db.tap, { ...tap, isUp: false }) }, `tap-down ${db.tap} taps`],
  [
    'an address less',
    { taps: right.taps ?? new Map(), localAddresses: new Set([web.gateway]) },
    `address-missing ${db.tap} taps`,
  ],
  ['a guest at no tap', { taps: right.taps ?? new Map(), unplugged: new Set([db.tap]) }, `tap-unplugged ${db.tap}`],
  ['no forwarding', { forwards: false }, 'forwarding-off forwarding'],
  ['a reservation less', { reservations: new Map([['0', reservationOf(web)]]) }, 'dhcp-files reservations'],
  ['another reservation', { reservations: new Map(right.reservations).set('1', 'x') }, 'dhcp-files reservations'],
  ['no DHCP server', { dhcp: { runs: false, problem: undefined } }, 'dhcp-stopped dhcp'],
  ['no name server', { resolvers: [] }, 'no-resolvers'],
  [
    'an address in the range',
    { used: [{ base: '100.64.9.9', prefixLength: 32, owner: 'tailscale0' }] },
    'range-overlap tailscale0',
  ],
])('%s is a fault', (_, observed, fault) => expect(found(observed)).toEqual([fault]));

test('routes and addresses of one interface are one matter, and a range that waits is said', () => {
  const used = ['100.64.9.9', '100.65.0.0'].map((base) => ({ base, prefixLength: 32, owner: 'tailscale0' }));
  expect(found({ used }, { ...wanted, rangeWaits: { base: '10.64.0.0', prefixLength: 10 } })).toEqual([
    'range-overlap tailscale0',
    'range-waits',
  ]);
});

test('who holds the port of the DHCP server is said, with what to do', () => {
  const holder = say('network.holder', { program: 'dnsmasq', pid: 812 });
  const problem = new PlatformError('in-use', say('network.port-taken', { protocol: 'UDP', port: 67, holder }));
  const [fault] = diffNetwork(wanted, { dhcp: { runs: false, problem } });
  expect(fault && renderSentence(fault.sentence, 'en')).toBe(
    'The DHCP server of the guests does not run, so they get no addresses: UDP port 67 of this machine is held by dnsmasq (process 812).',
  );
  expect(fault?.mend && renderSentence(fault.mend, 'zh')).toContain('请停止 dnsmasq（进程 812）');
});

test('each firewall is helped in its own place', () => {
  const mend = (tool: 'firewalld' | 'ufw' | 'iptables' | 'nft') => {
    const obstacle = { family: 'ip', table: 'filter', chain: 'FORWARD', tool };
    const [fault] = diffNetwork(wanted, { obstacles: { forward: [obstacle], input: [] } });
    return fault?.mend && renderSentence(fault.mend, 'en');
  };
  expect(mend('firewalld')).toContain('--zone=trusted --add-interface=zyabcdef12-+');
  expect(mend('ufw')).toContain('/etc/ufw/before.rules');
  expect(mend('iptables')).toContain(
    'iptables -I FORWARD -i zyabcdef12-+ -j ACCEPT && iptables -I FORWARD -o zyabcdef12-+',
  );
  expect(mend('nft')).toContain(`nft 'insert rule ip filter FORWARD iifname "zyabcdef12-*" accept'`);
});
