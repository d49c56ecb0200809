/** Links that break and return, and links of which only one half is left. */
import { systemClock } from '@zhiyun/kernel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LinkProxy } from './testing/link-proxy.ts';
import { type SmallDataServer, startSmallDataServer } from './testing/small-data-server.ts';
import { seen, testTable } from './testing/tables.ts';
import { TestMembers } from './testing/test-member.ts';
import type { Member } from './types.ts';

let dataServer: SmallDataServer;
let members: TestMembers;
let node: Member;
let control: Member;
let proxy: LinkProxy;

describe.each([
  ['by the first thread', {}],
  ['by a link thread', { crowd: 0 }],
])('dialled %s', (_name, more) => {
  /** The Control Server reaches the node through a proxy; both reach the Data Server directly. */
  beforeEach(async () => {
    dataServer = await startSmallDataServer();
    members = new TestMembers();
    const { token } = dataServer;
    node = await members.start('node-client', { token });
    const endpoint = dataServer.records.get(node.id)?.endpoint;
    if (!endpoint) throw new Error('not registered');
    proxy = await LinkProxy.to({ host: '127.0.0.1', port: endpoint.port });
    dataServer.told.set(node.id, { ...endpoint, port: proxy.port });
    control = await members.start('control-server', { token, ...more });
    await seen(control, node, 'online');
    await seen(node, control, 'online');
  });
  afterEach(async () => {
    await members[Symbol.asyncDispose]();
    proxy[Symbol.dispose]();
    await dataServer[Symbol.asyncDispose]();
  });

  test('a peer that vanishes without a word is suspect at 3 s and gone at 5 s, on both sides', {
    timeout: 90_000,
  }, async () => {
    const waiting = control.peer(node.id)?.as(testTable).wait({}, { timeoutMs: 60_000 });
    const broken = expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    const since = systemClock.monotonicMs();
    const when = (member: Member, peer: Member, state: 'suspect' | 'gone') =>
      seen(member, peer, state).then(() => systemClock.monotonicMs() - since);
    proxy.swallow();
    const [suspects, gones] = await Promise.all([
      Promise.all([when(control, node, 'suspect'), when(node, control, 'suspect')]),
      Promise.all([when(control, node, 'gone'), when(node, control, 'gone')]),
    ]);
    await broken;
    // Not sooner. A busy machine is allowed to be later, for it does not lay its own sloth to the other's charge.
    for (const ms of suspects) expect(ms, 'suspect').toBeGreaterThan(1_900);
    for (const ms of gones) expect(ms, 'gone').toBeGreaterThan(3_900);
    for (const ms of [...suspects, ...gones]) expect(ms, 'suspect and gone').toBeLessThan(60_000);
    expect(control.onlinePeers('data-server')).toHaveLength(1);
  });

  test('a link that breaks and returns at once changes nobody’s state; in the gap a call says that it cannot be made', async () => {
    const changes: string[] = [];
    using _theirs = control.onPeer(({ state }) => changes.push(`node ${state}`));
    using _ours = node.onPeer(({ state }) => changes.push(`control ${state}`));
    const peer = control.peer(node.id);
    for (let time = 1; time <= 5; time++) {
      proxy.break();
      await expect.poll(() => peer?.isConnected, { interval: 1 }).toBe(false);
      expect(peer?.state).toBe('online');
      expect(control.onlinePeers('node-client')).toEqual([]);
      await expect(peer?.as(testTable).greet({ name: 'x' })).rejects.toMatchObject({ code: 'unavailable' });
      await expect.poll(() => peer?.isConnected, { interval: 5, timeout: 5_000 }).toBe(true);
      await expect.poll(() => node.peer(control.id)?.isConnected).toBe(true);
      expect(await peer?.as(testTable).greet({ name: 'x' })).toMatchObject({ caller: 'control-server' });
    }
    expect(new Set(changes)).toEqual(new Set(['node online', 'control online']));
    // Nobody was told of a change, and each return was told once. A first report may leave before a link thread has started.
    expect(changes.filter((change) => change === 'node online')).toHaveLength(5);
    const told = () =>
      dataServer.reports
        .flatMap(({ links }) => links)
        .filter(({ peer, state }) => peer === node.id && state !== 'connecting');
    await expect.poll(told).not.toHaveLength(0);
    expect(new Set(told().map(({ state, since }) => `${state} ${since}`)).size).toBe(1);
  });
});
