/**
 * What the platform has put into the kernel is watched over and restored; while it is missing, guests are cut off and not open. And other
 * programs' firewalls and servers on the same machine are lived with.
 */
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkReport } from '@zhiyun/contracts';
import type { GuestLink } from '@zhiyun/node-client';
import { waitFor } from '@zhiyun/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { DatagramSettings } from './network-datagrams.ts';
import { dhcpServers, hostAddress, labMissing, linkOf, NetworkLab, outsideAddress, shortId } from './network-lab.ts';
import type { LineProcess } from './network-line-process.ts';

const missing = labMissing();
if (missing) console.warn(`skipped: ${missing}`);

const table = `zhiyun_${shortId}`;
const restored = { timeoutMs: 10_000 };

describe.skipIf(missing)('the guest network among other programs', () => {
  let lab: NetworkLab;
  let web: GuestLink;
  let guest: string;

  const nft = (...words: string[]) => lab.in(lab.host, 'nft', words);
  const ruleset = () => nft('list', 'ruleset');
  const report = async () => (await lab.order({ kind: 'report' })).result as NetworkReport;
  const kinds = async () => (await report()).findings.map(({ kind }) => kind);
  const datagrams = (namespace: string, settings: DatagramSettings): LineProcess =>
    lab.startScript(namespace, 'network-datagrams.ts', settings);
  const sources = async (sink: LineProcess) => (await sink.ask({})).result as Record<string, number>;
  /** What was altered and restored since, in order. */
  const changesSince = async (sequence: number) =>
    (await report()).changes
      .filter((each) => each.sequence > sequence)
      .map(({ change, finding }) => `${change} ${finding.kind}`);
  const lastSequence = async () => (await report()).changes.at(-1)?.sequence ?? 0;
  const reaches = (address: string, port?: number) => lab.get(guest, address, port) !== 'unreachable';
  const getsOut = () => waitFor(() => reaches(outsideAddress), { ...restored, describe: 'the guest to get out' });

  beforeAll(async () => {
    lab = new NetworkLab();
    web = linkOf(1);
    lab.startAgent();
    await lab.order({ kind: 'open', links: [] });
    await lab.order({ kind: 'set-up', link: web });
    guest = await lab.plugGuest(web);
    lab.askDhcp(guest);
    await Promise.all([lab.serve(lab.host, 8000), lab.serve(lab.outside), lab.serve(guest)]);
    lab.in(lab.outside, 'ip', ['route', 'add', '100.64.0.0/10', 'via', hostAddress]);
    await getsOut();
    expect(await kinds()).toEqual(['no-resolvers']);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  describe('what is taken away', () => {
    test('all rules, by a firewall that is restarted: nothing passes meanwhile, they are back at once, and it is told by whom', async () => {
      const before = await lastSequence();
      const port = 9999;
      const sinks = [
        datagrams(guest, { port }),
        datagrams(lab.host, { port }),
        datagrams(lab.outside, { port }),
      ] as const;
      const senders = [
        datagrams(lab.outside, { to: { address: web.address, port } }),
        datagrams(guest, { to: { address: hostAddress, port } }),
        datagrams(guest, { to: { address: outsideAddress, port } }),
      ];
      await waitFor(async () => (await sources(sinks[2]))[hostAddress] ?? 0 > 100);
      const outage: number[] = [];
      for (let round = 0; round < 5; round++) {
        const startedAt = performance.now();
        nft('flush', 'ruleset');
        await waitFor(() => ruleset().includes(`table inet ${table} {`), { ...restored, describe: 'the rules' });
        outage.push(Math.round(performance.now() - startedAt));
        await waitFor(async () => !(await kinds()).includes('rules-missing'));
      }
      console.info(`rules restored after ${outage.join(', ')} ms`);
      const passed = (await sources(sinks[2]))[hostAddress] ?? 0;
      await waitFor(async () => ((await sources(sinks[2]))[hostAddress] ?? 0) > passed, {
        describe: 'guests to get out',
      });
      // Neither to the guest nor to its host, and outside nothing but what the node has made its own.
      expect([await sources(sinks[0]), await sources(sinks[1])]).toEqual([{}, {}]);
      expect(Object.keys(await sources(sinks[2]))).toEqual([hostAddress]);
      expect(Math.max(...outage)).toBeLessThan(2_000);
      expect(await changesSince(before)).toEqual(
        Array(5).fill(['altered rules-missing', 'restored rules-missing']).flat(),
      );
      // Where our own look was quicker than the kernel's word, nobody knows.
      expect((await report()).changes.some(({ by }) => by === 'nft')).toBe(true);
      for (const each of [...senders, ...sinks]) await each.kill();
    });

    test('all rules while nobody watches: guests are cut off until somebody does', async () => {
      await lab.killAgent();
      nft('flush', 'ruleset');
      const port = 9998;
      const atGuest = datagrams(guest, { port });
      const atHost = datagrams(lab.host, { port });
      const toGuest = datagrams(lab.outside, { to: { address: web.address, port } });
      const toHost = datagrams(guest, { to: { address: hostAddress, port } });
      expect([reaches(outsideAddress), reaches(hostAddress, 8000)]).toEqual([false, false]);
      expect(lab.get(lab.outside, web.address)).toBe('unreachable');
      expect([await sources(atGuest), await sources(atHost)]).toEqual([{}, {}]);
      lab.startAgent();
      await lab.order({ kind: 'open', links: [web] });
      await getsOut();
      expect(reaches(hostAddress, 8000)).toBe(false);
      expect([await sources(atGuest), await sources(atHost)]).toEqual([{}, {}]);
      for (const each of [toGuest, toHost, atGuest, atHost]) await each.kill();
    });

    test('what is in the chains, while nobody watches: an empty chain lets nothing pass', async () => {
      await lab.killAgent();
      for (const chain of ['input', 'forward']) nft('flush', 'chain', 'inet', table, chain);
      expect([reaches(outsideAddress), reaches(hostAddress, 8000)]).toEqual([false, false]);
      expect(lab.get(lab.outside, web.address)).toBe('unreachable');
      lab.startAgent();
      await lab.order({ kind: 'open', links: [web] });
      await getsOut();
    });

    test('the rules just when an instance comes or goes: it comes, and it goes', async () => {
      for (const kind of ['set-up', 'tear-down'] as const) {
        nft('delete', 'table', 'inet', table);
        await lab.order({ kind, link: linkOf(5) });
        expect(ruleset().includes(linkOf(5).tap)).toBe(kind === 'set-up');
        expect(ruleset()).toContain(web.tap);
      }
      await getsOut();
    });

    test.each<[string, string, () => void]>([
      ['one rule', 'rules-altered', () => nft('flush', 'chain', 'inet', table, 'forward')],
      [
        'the guest’s own element',
        'rules-altered',
        () => nft('delete', 'element', 'inet', table, 'links', `{ "${web.tap}" . ${web.macAddress} }`),
      ],
      ['forwarding', 'forwarding-off', () => lab.in(lab.host, 'sysctl', ['-qw', 'net.ipv4.ip_forward=0'])],
      ['an interface, switched off', 'tap-down', () => lab.in(lab.host, 'ip', ['link', 'set', web.tap, 'down'])],
      ['an address', 'address-missing', () => lab.in(lab.host, 'ip', ['address', 'flush', 'dev', web.tap])],
      ['the DHCP server', 'dhcp-stopped', () => process.kill(dhcpServers(lab.directory)[0] ?? 0, 'SIGKILL')],
      [
        'the reservations',
        'dhcp-files',
        () => rmSync(join(lab.directory, 'network', 'dhcp-hosts'), { recursive: true }),
      ],
      ['the guard', 'guard-missing', () => process.kill(guardHolder(lab.directory) ?? 0, 'SIGKILL')],
    ])('%s is restored, and both are told', async (_, kind, takeAway) => {
      const before = await lastSequence();
      takeAway();
      const told = [`altered ${kind}`, `restored ${kind}`];
      await waitFor(async () => (await changesSince(before)).includes(`restored ${kind}`), {
        timeoutMs: 25_000,
        describe: `${kind} to be restored`,
      });
      expect(await changesSince(before)).toEqual(told);
      await getsOut();
      expect(lab.askDhcp(guest)).toMatchObject({ ip: web.address });
      expect(guardHolder(lab.directory)).toBeDefined();
    });

    test('an interface that is removed under its guest is made anew, and said to need a restart', async () => {
      const link = linkOf(6);
      await lab.order({ kind: 'set-up', link });
      await lab.plugGuest(link);
      lab.in(lab.host, 'ip', ['link', 'delete', link.tap]);
      await waitFor(async () => existsOnHost(link.tap), restored);
      expect(lab.in(lab.host, 'ip', ['address', 'show', 'dev', link.tap])).toContain(link.gateway);
      const unplugged = async () => (await report()).findings.find(({ kind }) => kind === 'tap-unplugged');
      expect(await waitFor(unplugged, { timeoutMs: 40_000 })).toMatchObject({ subject: link.tap });
      lab.in(lab.host, 'ip', ['link', 'delete', link.tap]);
      await lab.order({ kind: 'tear-down', link });
      expect(existsOnHost(link.tap)).toBe(false);
    });
    const existsOnHost = (tap: string) => lab.in(lab.host, 'ls', ['/sys/class/net']).includes(tap);
  });

  describe('other firewalls', () => {
    afterEach(async () => {
      for (const name of ['ip filter', 'inet firewalld']) nft(`table ${name} { }; delete table ${name}`);
      await waitFor(async () => (await kinds()).every((kind) => kind === 'no-resolvers'), restored);
    });
    const load = (text: string) => {
      const file = join(lab.directory, 'other.nft');
      writeFileSync(file, text);
      nft('-f', file);
    };
    const found = (kind: string) =>
      waitFor(async () => (await report()).findings.find((each) => each.kind === kind), restored);

    test('a policy that drops what is forwarded is named with its mend, and it helps', async () => {
      load('table ip filter { chain FORWARD { type filter hook forward priority filter; policy drop; }; }');
      const { detail, mend } = await found('forward-blocked');
      expect(detail).toContain('ip filter FORWARD');
      expect(mend).toContain(`iptables -I FORWARD -i zy${shortId}-+ -j ACCEPT`);
      expect(reaches(outsideAddress)).toBe(false);
      nft('insert', 'rule', 'ip', 'filter', 'FORWARD', 'iifname', `"zy${shortId}-*"`, 'accept');
      nft('insert', 'rule', 'ip', 'filter', 'FORWARD', 'oifname', `"zy${shortId}-*"`, 'accept');
      await waitFor(async () => !(await kinds()).includes('forward-blocked'), restored);
      await getsOut();
    });

    test('Docker’s, where it lets the administrator say what passes, passes guests', async () => {
      load(`table ip filter {
        chain DOCKER-USER { }
        chain FORWARD { type filter hook forward priority filter; policy drop; counter jump DOCKER-USER; iifname "docker0" accept; }
      }`);
      await getsOut();
      await waitFor(async () => !(await kinds()).includes('forward-blocked'), restored);
      // And everything else is still dropped.
      expect(nft('list', 'chain', 'ip', 'filter', 'DOCKER-USER').match(/accept/g)).toHaveLength(2);
      expect(lab.get(lab.outside, web.address)).toBe('unreachable');
    });

    test('one like firewalld is named, and helped as it is used to', async () => {
      load(`table inet firewalld {
        chain filter_FORWARD { type filter hook forward priority filter + 10; policy accept;
          ct state { established, related } accept; ct status dnat accept; iifname "lo" accept; reject with icmpx admin-prohibited; }
        chain filter_INPUT { type filter hook input priority filter + 10; policy accept;
          ct state { established, related } accept; iifname "lo" accept; reject with icmpx admin-prohibited; }
      }`);
      expect((await found('forward-blocked')).mend).toContain(`--zone=trusted --add-interface=zy${shortId}-+`);
      expect((await found('input-blocked')).detail).toContain('inet firewalld filter_INPUT');
    });
  });

  describe('other servers', () => {
    const names = [
      '--no-daemon',
      '--conf-file=/dev/null',
      '--no-hosts',
      '--no-resolv',
      '--address=/name.test/192.0.2.9',
    ];
    const resolve = (server: string) => {
      try {
        return lab.in(guest, 'busybox', ['timeout', '3', 'busybox', 'nslookup', '-type=a', 'name.test', server]);
      } catch (error) {
        return String(error);
      }
    };

    test('name servers that come later are followed, and a DNS server of the machine on all its addresses is lived with', async () => {
      const upstream = lab.start(lab.outside, 'dnsmasq', names);
      const own = lab.start(lab.host, 'dnsmasq', ['--no-daemon', '--conf-file=/dev/null', '--no-resolv', '--no-hosts']);
      expect(await kinds()).toContain('no-resolvers');
      writeFileSync(lab.resolvFile, `nameserver ${outsideAddress}\n`);
      expect(lab.askDhcp(guest)).toMatchObject({ dns: web.gateway });
      await waitFor(() => resolve(web.gateway).includes('192.0.2.9'), restored);
      await waitFor(async () => (await kinds()).length === 0, { timeoutMs: 25_000 });
      // It listens there, and is not for guests; nor is ours at the gateway of another.
      await lab.order({ kind: 'set-up', link: linkOf(2) });
      await waitFor(() => lab.in(lab.host, 'ss', ['-lnu']).includes(`${linkOf(2).gateway}:`), restored);
      expect(lab.in(lab.host, 'ss', ['-lnu'])).toContain('0.0.0.0:53');
      for (const address of [hostAddress, linkOf(2).gateway]) expect(resolve(address)).not.toContain('192.0.2.9');
      await lab.order({ kind: 'tear-down', link: linkOf(2) });
      for (const each of [upstream, own]) {
        each.kill();
        await once(each, 'exit');
      }
    });

    test('a DHCP server of the machine is named, nothing else waits for it, and when it is gone guests get addresses', async () => {
      const [server] = dhcpServers(lab.directory);
      const holder = lab.start(lab.host, process.execPath, [
        '-e',
        `const socket = require('dgram').createSocket('udp4'); const bind = () => socket.bind(67); socket.on('error', () => {}); setInterval(() => require('dgram').createSocket('udp4').on('error', () => {}).bind(67, () => console.log('held')), 20)`,
      ]);
      process.kill(server ?? 0, 'SIGKILL');
      if (holder.stdout) await once(holder.stdout, 'data');
      const finding = await waitFor(
        async () => (await report()).findings.find(({ detail }) => detail.includes('UDP port 67')),
        { timeoutMs: 15_000 },
      );
      expect(finding).toMatchObject({ kind: 'dhcp-stopped', severity: 'error' });
      expect(finding?.detail).toContain(`(process ${holder.pid})`);
      expect(finding?.mend).toContain(`(process ${holder.pid})`);
      await lab.order({ kind: 'set-up', link: linkOf(7) });
      await lab.order({ kind: 'tear-down', link: linkOf(7) });
      holder.kill();
      await waitFor(async () => (await kinds()).length === 0, { timeoutMs: 15_000 });
      expect(lab.askDhcp(guest)).toMatchObject({ ip: web.address });
    });

    test('it starts beside one, too', async () => {
      await lab.killAgent();
      process.kill(dhcpServers(lab.directory)[0] ?? 0, 'SIGKILL');
      const holder = lab.start(lab.host, process.execPath, [
        '-e',
        `require('dgram').createSocket('udp4').bind(67, () => console.log('held'))`,
      ]);
      if (holder.stdout) await once(holder.stdout, 'data');
      lab.startAgent();
      await lab.order({ kind: 'open', links: [web] });
      expect(await kinds()).toEqual(['dhcp-stopped']);
      await getsOut();
      holder.kill();
      await waitFor(async () => (await kinds()).length === 0, { timeoutMs: 15_000 });
    });
  });

  describe('where guests have no business', () => {
    test('link-local addresses, and what was refused to them', async () => {
      lab.in(lab.outside, 'ip', ['address', 'add', '169.254.169.254/32', 'dev', 'eth0']);
      lab.in(lab.host, 'ip', ['route', 'add', '169.254.0.0/16', 'dev', 'up0']);
      await waitFor(() => lab.get(lab.host, '169.254.169.254') !== 'unreachable', restored);
      const before = lab.counter('refused');
      expect(reaches('169.254.169.254')).toBe(false);
      expect(lab.counter('refused')).toBeGreaterThan(before);
      await lab.order({ kind: 'refuse', networks: ['198.51.100.0/24', `${outsideAddress}/32`] });
      expect(reaches(outsideAddress)).toBe(false);
      await lab.order({ kind: 'refuse', networks: [] });
      await getsOut();
      expect(await kinds()).toEqual([]);
    });
  });

  test('nothing is left, neither of ours nor with others', async () => {
    nft('add', 'table', 'ip', 'filter');
    nft('add', 'chain', 'ip', 'filter', 'DOCKER-USER');
    nft('add', 'chain', 'ip', 'filter', 'FORWARD', '{ type filter hook forward priority filter; policy drop; }');
    nft('add', 'rule', 'ip', 'filter', 'FORWARD', 'jump', 'DOCKER-USER');
    await getsOut();
    await lab.order({ kind: 'tear-down', link: web });
    await lab.order({ kind: 'close', keep: false });
    expect(ruleset()).not.toContain(shortId);
    expect(ruleset()).toContain('chain DOCKER-USER');
    expect(existsSync(join(lab.directory, 'network'))).toBe(false);
    expect(guardHolder(lab.directory)).toBeUndefined();
    await waitFor(() => dhcpServers(lab.directory).length === 0);
  });
});

function guardHolder(directory: string): number | undefined {
  return readdirSync('/proc')
    .map(Number)
    .find((pid) => {
      try {
        const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return argv[0] === 'nft' && argv.some((word) => word.startsWith(join(directory, 'network', 'guard')));
      } catch {
        return false;
      }
    });
}
