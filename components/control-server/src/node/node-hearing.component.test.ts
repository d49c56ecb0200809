/** Two Control Servers and the nodes between them: what one of them sees is not what is. */
import type { ComponentId, NodeState } from '@zhiyun/contracts';
import { newId, silentLogger, systemClock } from '@zhiyun/kernel';
import { createMemoryDomain, type Member } from '@zhiyun/link';
import type { Store } from '@zhiyun/store';
import { createTestStore, waitFor } from '@zhiyun/testkit';
import { createTransactionEngine } from '@zhiyun/transaction';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LoadBoard } from '../monitor/load-board.ts';
import type { WorkOn } from './held-observations.ts';
import { graceMs, NodeSupervisor } from './node-supervisor.ts';
import { TestNode } from './test-node.ts';

let ends: AsyncDisposableStack;
let store: Store;
let domain: ReturnType<typeof createMemoryDomain>;
let first: Member;
let second: Member;
let node: TestNode;
/** Of the supervisors: moved on by what they would only wait for. */
let aheadMs: number;
beforeEach(async () => {
  aheadMs = 0;
  ends = new AsyncDisposableStack();
  ({ store } = ends.use(await createTestStore()));
  domain = createMemoryDomain();
  first = await startControl('control-1');
  second = await startControl('control-2');
  node = new TestNode(domain, 'node-1');
  ends.use(node.member);
  await node.start();
  await waitFor(async () => (await hearers()) === 2);
});
afterEach(() => ends.disposeAsync());

async function startControl(name: string): Promise<Member> {
  const member = ends.use(domain.join({ type: 'control-server', name }));
  const engine = createTransactionEngine({ store, definitions: [], runner: { id: member.id }, log: silentLogger });
  const board = ends.use(new LoadBoard(systemClock));
  const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + aheadMs };
  const workOn: WorkOn = () => undefined;
  const supervisor = new NodeSupervisor({ store, member, board, workOn, clock, log: silentLogger });
  await member.start();
  await engine.start();
  ends.defer(() => engine.stop(0));
  await supervisor.start();
  ends.use(supervisor);
  return member;
}

async function hearers(): Promise<number> {
  return (await store.db.selectFrom('node_hearing').selectAll().where('state', '=', 'online').execute()).length;
}
async function state(): Promise<NodeState | undefined> {
  return (await store.db.selectFrom('node').select('state').executeTakeFirst())?.state;
}
/** Every change of the node's state so far. */
async function changes(): Promise<unknown[]> {
  const rows = await store.db
    .selectFrom('event')
    .select('data')
    .where('kind', '=', 'node.state-changed')
    .orderBy('seq')
    .execute();
  return rows.map(({ data }) => data.to);
}
const isGoneFor = (control: Member) => waitFor(() => control.peer(node.id)?.state === 'gone');
it('a node is there as long as one Control Server hears it, and offline when none does', async () => {
  domain.cut(first, node.member);
  await isGoneFor(first);
  await waitFor(async () => (await hearers()) === 1);
  expect(await state()).toBe('online');
  expect(await changes()).toEqual([]);

  const cutAt = performance.now();
  domain.cut(second, node.member);
  await waitFor(async () => (await state()) === 'offline');
  expect(performance.now() - cutAt).toBeLessThan(25_000);
  expect(await changes()).toEqual(['suspect', 'offline']);

  const healedAt = performance.now();
  domain.heal(first, node.member);
  await waitFor(async () => (await state()) === 'online');
  expect(performance.now() - healedAt).toBeLessThan(20_000);
  domain.heal(second, node.member);
  await waitFor(async () => (await hearers()) === 2);
  expect(await changes()).toEqual(['suspect', 'offline', 'online']);
});

it('two that lose it at the same moment agree that it is offline; one that has died counts for nothing', async () => {
  const dead = newId<ComponentId>();
  await store.db.insertInto('node_hearing').values({ node_id: node.id, control_id: dead, state: 'online' }).execute();
  domain.cut(first, node.member);
  domain.cut(second, node.member);
  await waitFor(async () => (await state()) === 'offline');
  expect(await hearers()).toBe(1);
  expect(await changes()).toEqual(['suspect', 'offline']);

  // As a Control Server leaves it that has died as the last one that heard it.
  aheadMs = graceMs;
  await store.db.updateTable('node').set({ state: 'online' }).execute();
  await waitFor(async () => (await state()) === 'offline');
});
