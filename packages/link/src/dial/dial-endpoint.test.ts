/** Members with several addresses, some of which lead nowhere or to somebody else. */
import type { ComponentId } from '@zhiyun/contracts';
import { systemClock } from '@zhiyun/kernel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Session } from '../rpc/session.ts';
import { type SmallDataServer, startSmallDataServer } from '../testing/small-data-server.ts';
import { seen, testTable } from '../testing/tables.ts';
import { TestMembers } from '../testing/test-member.ts';
import type { Member } from '../types.ts';
import { addressesOf, dialFirst } from './dial-endpoint.ts';
import { machineId } from './own-endpoint.ts';

let dataServer: SmallDataServer;
let members: TestMembers;

beforeEach(async () => {
  dataServer = await startSmallDataServer();
  members = new TestMembers();
});
afterEach(async () => {
  await members[Symbol.asyncDispose]();
  await dataServer[Symbol.asyncDispose]();
});

const port = 4711;
const elsewhere = { hosts: ['192.0.2.1', '192.0.2.2', '2001:db8::1'], port, machine: 'another' };

test('loopback on our own machine, the address that worked last, then as the component says', () => {
  const hosts = (endpoint: typeof elsewhere, last?: string) =>
    addressesOf(endpoint, last === undefined ? undefined : { host: last, port }).map(({ host }) => host);
  expect(hosts(elsewhere)).toEqual(elsewhere.hosts);
  expect(hosts(elsewhere, '192.0.2.2')).toEqual(['192.0.2.2', '192.0.2.1', '2001:db8::1']);
  expect(hosts(elsewhere, '192.0.2.9')).toEqual(elsewhere.hosts);
  expect(hosts({ ...elsewhere, machine: machineId() })).toEqual(['127.0.0.1', ...elsewhere.hosts]);
  expect(addressesOf({ ...elsewhere, port: 1 }, { host: '192.0.2.2', port })[0]).toEqual({
    host: '192.0.2.1',
    port: 1,
  });
});

test('many addresses that do not answer take no longer than one', async () => {
  let running = 0;
  const dial = async (_address: unknown, signal: AbortSignal): Promise<Session> => {
    running++;
    await systemClock.sleep(2_000, signal).finally(() => running--);
    throw new Error('silent');
  };
  const addresses = Array.from({ length: 4 }, (_, index) => ({ host: `192.0.2.${index}`, port }));
  const since = systemClock.monotonicMs();
  const { signal } = new AbortController();
  await expect(dialFirst(addresses, dial, { clock: systemClock, signal })).rejects.toThrow('silent');
  expect(systemClock.monotonicMs() - since).toBeLessThan(7_000);
  expect(running).toBe(0);
});

test('a peer is reached past an address where somebody else answers and one where nobody does', async () => {
  const { token } = dataServer;
  const node = await members.start('node-client', { token });
  const { port: nodePort } = endpointOf(node.id);
  // At 127.0.0.2 another node listens at the same port: what two private networks with the same addresses look like.
  const other = await members.start('node-client', {
    token,
    listenHost: '127.0.0.2',
    listenPort: nodePort,
    endpointHosts: ['127.0.0.2'],
  });
  dataServer.told.set(node.id, { hosts: ['127.0.0.2', '127.0.0.3', '127.0.0.1'], port: nodePort, machine: 'another' });
  dataServer.told.set(other.id, { hosts: ['127.0.0.2'], port: nodePort, machine: 'another' });
  const control = await members.start('control-server', { token });
  await seen(control, node, 'online');
  await seen(control, other, 'online');
  expect(control.peer(node.id)?.address).toEqual({ host: '127.0.0.1', port: nodePort });
  expect(control.peer(other.id)?.address).toEqual({ host: '127.0.0.2', port: nodePort });
});

test('components of one machine meet on loopback whatever addresses they have', async () => {
  const { token } = dataServer;
  const node = await members.start('node-client', { token, listenHost: '0.0.0.0', endpointHosts: ['192.0.2.77'] });
  const control = await members.start('control-server', { token });
  await seen(control, node, 'online');
  expect(control.peer(node.id)?.address.host).toBe('127.0.0.1');
});

test('one that has moved is followed at once, though its old place still answers', async () => {
  const { token } = dataServer;
  const node = await members.start('node-client', { token, listenHost: '0.0.0.0' });
  const { port: nodePort } = endpointOf(node.id);
  dataServer.told.set(node.id, { hosts: ['127.0.0.5'], port: nodePort, machine: 'another' });
  const control = await members.start('control-server', { token });
  await seen(control, node, 'online');
  expect(control.peer(node.id)?.address.host).toBe('127.0.0.5');
  const changes: string[] = [];
  using _changes = control.onPeer(({ state }) => changes.push(state));
  dataServer.tell(node.id, { hosts: ['127.0.0.6'], port: nodePort, machine: 'another' });
  await expect.poll(() => callable(control, node.id)).toBe('127.0.0.6');
  expect(changes).toEqual(['online']);
  expect(await control.peer(node.id)?.as(testTable).greet({ name: 'x' })).toMatchObject({ caller: 'control-server' });
});

function endpointOf(id: ComponentId) {
  const endpoint = dataServer.records.get(id)?.endpoint;
  if (!endpoint) throw new Error('not registered');
  return endpoint;
}

function callable(member: Member, id: ComponentId): string | undefined {
  const peer = member.peer(id);
  return peer?.isConnected ? peer.address.host : undefined;
}
