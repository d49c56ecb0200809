/** The default network of guests on a real kernel: what gets through, what does not, and that nothing is left behind. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { GuestLink } from '@zhiyun/node-client';
import { skippable, waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dhcpServers, hostAddress, labMissing, linkOf, NetworkLab, outsideAddress, shortId } from './network-lab.ts';

const missing = labMissing();

describe.skipIf(missing)(skippable('the sandbox network', missing), () => {
  let lab: NetworkLab;
  const [web, db]: [GuestLink, GuestLink] = [linkOf(1), linkOf(2)];
  let webGuest: string;
  let dbGuest: string;

  beforeAll(async () => {
    lab = new NetworkLab();
    lab.startAgent();
    await lab.order({ kind: 'open', links: [] });
    await lab.order({ kind: 'set-up', link: web });
    await lab.order({ kind: 'set-up', link: db });
    webGuest = await lab.plugGuest(web);
    dbGuest = await lab.plugGuest(db);
    await Promise.all([lab.serve(lab.host, 8000), lab.serve(lab.outside), lab.serve(webGuest), lab.serve(dbGuest)]);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  test('each guest gets its own address, its /30 and its gateway by DHCP', () => {
    const wanted = { mask: '30', lease: '43200' };
    expect(lab.askDhcp(webGuest)).toMatchObject({ ip: web.address, router: web.gateway, ...wanted });
    expect(lab.askDhcp(dbGuest)).toMatchObject({ ip: db.address, router: db.gateway, ...wanted });
  });

  test('the node reaches its guests', () => {
    expect(lab.reach(lab.host, web.address)).toBe(web.gateway);
    expect(lab.reach(lab.host, db.address)).toBe(db.gateway);
  });

  test('a guest reaches outside, and is seen there as its node', () => {
    expect(lab.reach(webGuest, outsideAddress)).toBe(hostAddress);
  });

  test('a guest does not reach another guest', () => {
    const before = lab.counter('between-guests');
    expect(lab.get(webGuest, db.address)).toBe('unreachable');
    expect(lab.counter('between-guests')).toBeGreaterThan(before);
  });

  test('a guest reaches nothing of its node, by whichever address', () => {
    expect(lab.reach(lab.host, '127.0.0.1', 8000)).toBe('127.0.0.1');
    for (const address of [web.gateway, db.gateway, hostAddress]) {
      const before = lab.counter('to-node');
      expect(lab.get(webGuest, address, 8000)).toBe('unreachable');
      expect(lab.counter('to-node')).toBeGreaterThan(before);
    }
  });

  test('outside does not reach a guest', () => {
    lab.in(lab.outside, 'ip', ['route', 'add', '100.64.0.0/10', 'via', hostAddress]);
    const before = lab.counter('from-outside');
    expect(lab.get(lab.outside, web.address)).toBe('unreachable');
    expect(lab.counter('from-outside')).toBeGreaterThan(before);
  });

  test.each([
    [
      'the address of another guest',
      () => lab.in(webGuest, 'ip', ['address', 'replace', `${db.address}/32`, 'dev', 'lo']),
      db.address,
    ],
    [
      'an address from outside',
      () => lab.in(webGuest, 'ip', ['address', 'replace', '198.51.100.7/32', 'dev', 'lo']),
      '198.51.100.7',
    ],
  ])('a packet with %s is dropped at the tap', (_, addAddress, source) => {
    addAddress();
    const before = lab.counter('spoofed');
    lab.ping(webGuest, outsideAddress, '-c', '1', '-I', source);
    expect(lab.counter('spoofed')).toBeGreaterThan(before);
    lab.in(webGuest, 'ip', ['address', 'delete', `${source}/32`, 'dev', 'lo']);
  });

  test('a packet with another MAC is dropped at the tap', () => {
    lab.in(webGuest, 'ip', ['link', 'set', 'dev', 'eth0', 'address', db.macAddress]);
    const before = lab.counter('spoofed');
    expect(lab.get(webGuest, outsideAddress)).toBe('unreachable');
    expect(lab.counter('spoofed')).toBeGreaterThan(before);
    lab.in(webGuest, 'ip', ['link', 'set', 'dev', 'eth0', 'address', web.macAddress]);
    expect(lab.reach(webGuest, outsideAddress)).toBe(hostAddress);
  });

  test('IPv6 of a guest is dropped at the tap', () => {
    const before = lab.counter('ipv6');
    lab.in(webGuest, 'ip', ['address', 'add', 'fd00::2/64', 'dev', 'eth0', 'nodad']);
    lab.ping(webGuest, 'fd00::1', '-6', '-c', '1');
    expect(lab.counter('ipv6')).toBeGreaterThan(before);
  });

  test('counters are seen from the guest’s side', async () => {
    const before = (await lab.order({ kind: 'counters', link: web })).result as Record<string, number>;
    lab.ping(lab.host, web.address, '-c', '3', '-i', '0.1', '-s', '1400');
    lab.ping(webGuest, outsideAddress, '-c', '3', '-i', '0.1', '-s', '1400');
    const after = (await lab.order({ kind: 'counters', link: web })).result as Record<string, number>;
    expect(Number(after.receivedBytes) - Number(before.receivedBytes)).toBeGreaterThan(6 * 1400);
    expect(Number(after.transmittedBytes) - Number(before.transmittedBytes)).toBeGreaterThan(6 * 1400);
    expect((await lab.order({ kind: 'slots-in-use' })).result).toEqual([1, 2]);
  });

  test('the agent is killed and comes back: the same DHCP server, and guests do not notice', async () => {
    const [server] = dhcpServers(lab.directory);
    expect(server).toBeDefined();
    await lab.killAgent();
    lab.startAgent();
    expect((await lab.order({ kind: 'open', links: [web, db] })).result).toEqual({ strayTaps: [] });
    expect(dhcpServers(lab.directory)).toEqual([server]);
    expect(lab.reach(lab.host, web.address)).toBe(web.gateway);
    expect(lab.askDhcp(dbGuest)).toMatchObject({ ip: db.address });
  });

  test('a tap that is in use is never taken away on suspicion', async () => {
    await lab.killAgent();
    lab.startAgent();
    expect((await lab.order({ kind: 'open', links: [web] })).result).toEqual({ strayTaps: [db.tap] });
    expect(lab.get(dbGuest, outsideAddress)).toBe('unreachable');
    await lab.order({ kind: 'set-up', link: db });
    expect(lab.reach(dbGuest, outsideAddress)).toBe(hostAddress);
  });

  test('the DHCP server is started anew when it dies', async () => {
    const [server] = dhcpServers(lab.directory) as [number];
    process.kill(server, 'SIGKILL');
    await waitFor(() => dhcpServers(lab.directory).some((pid) => pid !== server), {
      timeoutMs: 15_000,
      describe: 'another DHCP server',
    });
    expect(lab.askDhcp(webGuest)).toMatchObject({ ip: web.address });
  });

  test('making and removing a network is quick, and again is harmless', async () => {
    const link = linkOf(77);
    const times = { up: [] as number[], down: [] as number[] };
    for (let round = 0; round < 20; round++) {
      times.up.push((await lab.order({ kind: 'set-up', link })).ms);
      times.down.push((await lab.order({ kind: 'tear-down', link })).ms);
    }
    await lab.order({ kind: 'set-up', link });
    await lab.order({ kind: 'set-up', link });
    await lab.order({ kind: 'tear-down', link });
    await lab.order({ kind: 'tear-down', link });
    const median = (values: number[]) => Number(values.sort((a, b) => a - b)[10]?.toFixed(1));
    console.info(`guest network, median of 20: set up ${median(times.up)} ms, torn down ${median(times.down)} ms`);
    expect(median(times.up)).toBeLessThan(200);
  });

  test('nothing is left', async () => {
    await lab.order({ kind: 'tear-down', link: web });
    await lab.order({ kind: 'tear-down', link: db });
    await lab.order({ kind: 'close', keep: false });
    expect(lab.in(lab.host, 'ls', ['/sys/class/net'])).not.toContain(shortId);
    expect(lab.in(lab.host, 'nft', ['list', 'ruleset'])).not.toContain(shortId);
    expect(existsSync(join(lab.directory, 'network'))).toBe(false);
    await waitFor(() => dhcpServers(lab.directory).length === 0, { describe: 'the DHCP server to end' });
  });
});
