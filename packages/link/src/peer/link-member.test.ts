/** A member with many nodes: who is asked when, and how fast it looks at all of them when there is a doubt. */
import type { ComponentId, ComponentState, DomainId } from '@zhiyun/contracts';
import type { ComponentRecord, ComponentType } from '@zhiyun/contracts/links';
import { newId, silentLogger } from '@zhiyun/kernel';
import { type VirtualClock, virtualClock } from '@zhiyun/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { heartbeatMs, restingHeartbeatMs, trustReportsMs, watchMs } from '../limits.ts';
import type { Session, SessionEnd } from '../rpc/session.ts';
import type { PeerState } from '../types.ts';
import { LinkMember } from './link-member.ts';

const nodeCount = 48;
const nobody = async (): Promise<never> => Promise.reject(new Error('not part of these tests'));

let clock: VirtualClock;
let member: LinkMember;
let links: Map<ComponentId, TestSession>;
let nodes: ComponentRecord[];
let dataServer: ComponentRecord;
let changes: { id: ComponentId; state: PeerState; at: number }[];

/** A link whose other end answers at once, unless it is mute. */
class TestSession implements Session {
  readonly #end = Promise.withResolvers<SessionEnd>();
  readonly ended = this.#end.promise;
  readonly asked: number[] = [];
  isMute = false;
  readonly protocol = 1;
  #heardAt = clock.monotonicMs();

  heartbeat(): void {
    this.asked.push(clock.monotonicMs());
    if (!this.isMute) this.#heardAt = clock.monotonicMs();
  }
  silentMs(now: number): number {
    return now - this.#heardAt;
  }
  close(end: SessionEnd = 'lost'): void {
    this.#end.resolve(end);
  }
  call = nobody;
  stream = nobody;
  pipe = nobody;
  request = nobody;
}

function recordOf(type: ComponentType): ComponentRecord {
  const endpoint = { hosts: ['192.0.2.1'], port: 1, machine: 'm1' };
  return { id: newId<ComponentId>(), type, name: type, endpoint, state: 'online' };
}

function say(record: ComponentRecord, state: ComponentState): void {
  member.applyAssociates({ whole: false, associates: [{ ...record, state }], removed: [] });
}

function linkOf({ id }: ComponentRecord): TestSession {
  const link = links.get(id);
  if (!link) throw new Error('not connected');
  return link;
}

/** How often each of these was asked from now on. */
async function askedWithin(ms: number, records = nodes): Promise<number[]> {
  const since = clock.monotonicMs();
  await clock.advance(ms);
  return records.map((record) => linkOf(record).asked.filter((at) => at > since).length);
}

/** Connected with all of them, and at rest. */
beforeEach(async () => {
  clock = virtualClock();
  links = new Map();
  changes = [];
  nodes = Array.from({ length: nodeCount }, () => recordOf('node-client'));
  dataServer = recordOf('data-server');
  member = new LinkMember({
    ...{ id: newId<ComponentId>(), type: 'control-server', name: 'c1', caCertificate: '' },
    domain: { id: newId<DomainId>(), name: 'test' },
    dial: async ({ id }) => {
      const link = new TestSession();
      links.set(id, link);
      return link;
    },
    enter: async () => {},
    ...{ clock, log: silentLogger },
  });
  member.onPeer(({ peer: { id }, state }) => changes.push({ id, state, at: clock.monotonicMs() }));
  await member.start();
  member.applyAssociates({ whole: true, associates: [dataServer, ...nodes], removed: [] });
  member.reportsFrom = dataServer.id;
  await clock.advance(2_000);
  expect(member.onlinePeers('node-client')).toHaveLength(nodeCount);
  changes = [];
});
afterEach(() => member[Symbol.asyncDispose]());

test('nodes are asked every six seconds, as many at each look; the Data Server every second', async () => {
  expect(await askedWithin(2 * restingHeartbeatMs)).toEqual(nodes.map(() => 2));
  expect(await askedWithin(restingHeartbeatMs, [dataServer])).toEqual([restingHeartbeatMs / heartbeatMs]);
  const since = clock.monotonicMs() - restingHeartbeatMs;
  const asked = nodes.flatMap((node) => linkOf(node).asked).filter((at) => at > since);
  const perLook = [...Map.groupBy(asked, (at) => at).values()].map(({ length }) => length);
  expect(perLook).toEqual(Array(restingHeartbeatMs / watchMs).fill((nodeCount * watchMs) / restingHeartbeatMs));
});

test('when the Data Server’s word is old, all are asked at the next look and every second from then on', async () => {
  linkOf(dataServer).isMute = true;
  const heardAt = linkOf(dataServer).asked.at(-1) ?? 0;
  await clock.advance(heardAt + trustReportsMs - clock.monotonicMs() - 1);
  expect(Math.max(...(await askedWithin(watchMs)))).toBe(1);
  expect(await askedWithin(0)).toEqual(nodes.map(() => 0));
  for (const node of nodes) expect(clock.monotonicMs() - (linkOf(node).asked.at(-1) ?? 0)).toBeLessThanOrEqual(watchMs);
  expect(await askedWithin(2_000)).toEqual(nodes.map(() => 2));
  linkOf(dataServer).isMute = false;
  await clock.advance(2_000);
  expect(await askedWithin(restingHeartbeatMs)).toEqual(nodes.map(() => 1));
});

test('one that they doubt is asked at the next look; who does not answer is suspect and gone in time, and only he', async () => {
  const [node] = nodes;
  if (!node) throw new Error('no node');
  linkOf(node).isMute = true;
  const since = clock.monotonicMs();
  say(node, 'suspect');
  expect(await askedWithin(watchMs, [node])).toEqual([1]);
  await clock.advance(3_500);
  const seen = changes.map(({ id, state, at }) => ({ id, state, late: at - since - watchMs }));
  expect(seen).toEqual([
    { id: node.id, state: 'suspect', late: 1_500 },
    { id: node.id, state: 'gone', late: 3_500 },
  ]);
});

test('one that is doubted and answers rests again', async () => {
  const [node] = nodes;
  if (!node) throw new Error('no node');
  say(node, 'suspect');
  await clock.advance(1_000);
  say(node, 'online');
  await clock.advance(1_000);
  expect(await askedWithin(2 * restingHeartbeatMs, [node])).toEqual([2]);
  expect(changes).toEqual([]);
});

test('a link that was made anew rests too; one that is forgotten is not asked any more', async () => {
  const [broken, forgotten] = nodes;
  if (!broken || !forgotten) throw new Error('no node');
  linkOf(broken).close();
  await clock.advance(1_000);
  expect(await askedWithin(2 * restingHeartbeatMs, [broken])).toEqual([2]);
  expect(new Set(changes.map(({ id, state }) => `${id} ${state}`))).toEqual(new Set([`${broken.id} online`]));
  member.applyAssociates({ whole: false, associates: [], removed: [forgotten.id] });
  expect(await askedWithin(restingHeartbeatMs, [forgotten])).toEqual([0]);
});
