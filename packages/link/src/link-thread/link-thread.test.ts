/** What is peculiar to links that a thread holds; that they do what others do is in `link.test.ts` and `broken-links.test.ts`. */
import type { Worker } from 'node:worker_threads';
import { systemClock } from '@zhiyun/kernel';
import { virtualClock } from '@zhiyun/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openIdentity } from '../membership/identity.ts';
import { type SmallDataServer, startSmallDataServer } from '../testing/small-data-server.ts';
import { seen, testTable } from '../testing/tables.ts';
import { listeningLogger, TestMembers } from '../testing/test-member.ts';
import type { Member } from '../types.ts';
import { Connections } from './connections.ts';
import { LinkThread } from './link-thread.ts';
import type { Order, Report } from './messages.ts';

let dataServer: SmallDataServer;
let members: TestMembers;
let node: Member;
let home: string;
let control: Member;
let threads: Worker[];
const noteThread = (worker: Worker) => threads.push(worker);

beforeEach(async () => {
  threads = [];
  process.on('worker', noteThread);
  dataServer = await startSmallDataServer();
  members = new TestMembers();
  const { token } = dataServer;
  node = await members.start('node-client', { token });
  home = await members.newHome();
  control = await members.start('control-server', { token, home, crowd: 0 });
  await seen(control, node, 'online');
});
afterEach(async () => {
  process.off('worker', noteThread);
  await members[Symbol.asyncDispose]();
  await dataServer[Symbol.asyncDispose]();
});

test('a thread that fails takes its links with it; they are made anew by another one', async () => {
  const [thread] = threads;
  const peer = control.peer(node.id);
  const waiting = expect(peer?.as(testTable).wait({})).rejects.toMatchObject({ code: 'unavailable' });
  await thread?.terminate();
  await waiting;
  await expect.poll(() => peer?.isConnected).toBe(true);
  expect(threads).toHaveLength(2);
  expect(await peer?.as(testTable).greet({ name: 'x' })).toMatchObject({ caller: 'control-server' });
});

test('a thread that says nothing for long is ended, and what it was to do fails', async () => {
  const clock = virtualClock();
  const { log, heard } = listeningLogger();
  const script = new URL('../testing/silent-thread.ts', import.meta.url);
  await using thread = new LinkThread({ clock, log, script });
  const credentials = { caCertificate: '', certificate: '', privateKey: '' };
  const dialling = { addresses: [], credentials, expect: { type: 'node-client' }, name: 'n1' } as const;
  const dialled = thread.dial(dialling, new AbortController().signal);
  const failed = expect(dialled).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('node-client "n1"'),
  });
  await clock.advance(14_999);
  expect(heard).toEqual([]);
  await clock.advance(1_001);
  expect(heard[0]?.message).toContain('has said nothing for 15 s');
  await failed;
  expect(thread.isOver).toBe(true);
});

test('who was busy has listened to nobody until what was asked meanwhile may have been answered', async () => {
  const clock = virtualClock();
  const reports: Report[] = [];
  const connections = new Connections((report) => reports.push(report), { clock, maxUntakenChars: 1 });
  const since = clock.monotonicMs();
  const listened = async (afterMs: number) => {
    await clock.advance(afterMs);
    connections.listen();
    const last = reports.at(-1);
    return last?.kind === 'heard' && last.listenedAt - since;
  };
  expect(await listened(100)).toBe(100);
  expect(await listened(5_000)).toBe(100);
  expect(await listened(499)).toBe(100);
  expect(await listened(1)).toBe(5_600);
  expect(await listened(100)).toBe(5_700);
  // Always busy: after 15 s the dead must be missed all the same.
  for (let late = 1; late <= 24; late++) expect(await listened(600)).toBe(5_700);
  expect(await listened(600)).toBe(5_700 + 25 * 600);
});

test('a stream whose items are not taken is held back, and so are all when the first thread does not take any', async () => {
  const { order, reported, items } = await connectionsTo(node, { maxUntakenChars: 10_000 });
  order(count(2, 1_000_000));
  await expect.poll(() => items(2).join('').length).toBeGreaterThan(10_000);
  order(greet(3));
  await reported('answered', 3);
  // Everything that was sent before its answer has been heard.
  const held = items(2).length;
  expect(items(2).join('').length).toBeLessThan(10_100);
  order(count(4, 3));
  order(greet(5));
  await reported('answered', 5);
  expect(items(4)).toEqual([]);
  order({ kind: 'pause', task: 4 });
  order({ kind: 'taken', chars: 10_000 });
  await expect.poll(() => items(2).length).toBeGreaterThan(held);
  order({ kind: 'abandon', task: 2 });
  await reported('failed', 2);
  order({ kind: 'taken', chars: 20_000 });
  order(greet(6));
  await reported('answered', 6);
  expect(items(4)).toEqual([]);
  order({ kind: 'resume', task: 4 });
  await reported('done', 4);
  expect(items(4)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
});

test('a connection that nobody waits for any more is closed, and an order for one that has ended fails', async () => {
  const { order, reported, dial, reports } = await connectionsTo(node);
  order(dial(2));
  order({ kind: 'abandon', task: 2 });
  await reported('failed', 2);
  order({ kind: 'close', session: 1, end: 'goodbye' });
  await expect.poll(() => reports).toContainEqual({ kind: 'ended', session: 1, end: 'lost' });
  order(greet(3));
  await reported('failed', 3);
  expect(reports.at(-1)).toMatchObject({ fault: { code: 'unavailable' } });
});

test('those that were asked and have answered are told once', async () => {
  const { order, connections, reports } = await connectionsTo(node);
  const heard = () => reports.flatMap((one) => (one.kind === 'heard' ? one.sessions : []));
  connections.listen();
  expect(heard()).toEqual([]);
  const since = systemClock.monotonicMs();
  order({ kind: 'heartbeat', session: 1 });
  await expect
    .poll(() => {
      connections.listen();
      return heard();
    })
    .toHaveLength(1);
  expect(heard()[0]?.[1]).toBeGreaterThanOrEqual(since);
  connections.listen();
  expect(heard()).toHaveLength(1);
});

/** The connections of a thread, in this one, so that a test plays the first thread. */
async function connectionsTo(peer: Member, { maxUntakenChars = 1_000_000 } = {}) {
  const identity = await openIdentity(home, 'control-server');
  const membership = await identity.membership();
  const endpoint = dataServer.records.get(peer.id)?.endpoint;
  if (!membership || !endpoint) throw new Error('not registered');
  const { certificate, caCertificate, domain } = membership;
  const reports: Report[] = [];
  const connections = new Connections((report) => reports.push(report), { clock: systemClock, maxUntakenChars });
  const order = (what: Exclude<Order, { kind: 'finish' }>) => connections.carryOut(what);
  const reported = (kind: Report['kind'], task: number) =>
    expect.poll(() => reports.some((one) => one.kind === kind && 'task' in one && one.task === task)).toBe(true);
  const items = (task: number) =>
    reports.flatMap((one) => (one.kind === 'item' && one.task === task ? [one.item] : []));
  const dial = (task: number): Order & { kind: 'dial' } => ({
    kind: 'dial',
    task,
    addresses: [{ host: '127.0.0.1', port: endpoint.port }],
    credentials: { certificate, caCertificate, privateKey: identity.privateKey },
    expect: { id: peer.id, type: peer.type, domainId: domain.id },
    name: peer.name,
  });
  order(dial(1));
  await reported('connected', 1);
  return { connections, order, dial, reported, items, reports };
}

function count(task: number, to: number): Order & { kind: 'stream' } {
  const params = JSON.stringify({ to });
  return { kind: 'stream', task, session: 1, peer: 'n1', method: 'node-client/count', params, timeoutMs: undefined };
}

function greet(task: number): Order & { kind: 'call' } {
  const params = JSON.stringify({ name: 'x' });
  return { kind: 'call', task, session: 1, peer: 'n1', method: 'node-client/greet', params, timeoutMs: undefined };
}
