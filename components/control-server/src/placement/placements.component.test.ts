/** Looking at a pool as it was a moment ago, and claiming from it as it is. */
import { type ComputePoolId, GiB, type NodeId, type PlacementCandidate } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { createTestStore, type TestStore, type VirtualClock, virtualClock } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { saveNodes } from '../node/node-store.ts';
import { testFacts } from '../node/test-node.ts';
import { Placements } from './placements.ts';
import type { PlacementRequest } from './terms.ts';

let database: TestStore;
let request: PlacementRequest;
let clock: VirtualClock;
let placements: Placements;
beforeEach(async () => {
  database = await createTestStore();
  const pool = await database.store.db.selectFrom('compute_pool').select('id').executeTakeFirstOrThrow();
  request = { computePoolId: pool.id, cores: 1, memoryBytes: GiB, diskBytes: 0 };
  clock = virtualClock();
  placements = new Placements(() => null, clock);
});
afterEach(() => database[Symbol.asyncDispose]());

async function addNode(name: string): Promise<NodeId> {
  const id = newId<NodeId>();
  // Room for four and what the system itself takes.
  const facts = { ...testFacts, cores: 64, memoryBytes: 4.75 * GiB };
  await database.store.tx((tx) => saveNodes(tx, [{ seen: { id, name, address: 'memory' }, facts }]));
  return id;
}
/** As another Control Server does. */
function promised(id: NodeId, memoryBytes: number): Promise<unknown> {
  return sql`update account set promised = ${memoryBytes}
    where owner_id = ${id} and resource = 'memory-bytes'`.execute(database.store.db);
}
const look = async () => (await placements.look(database.store.db, request))?.nodeId;
const taken = async () => true;

test('what comes together is spread over the nodes, though nothing is claimed yet', async () => {
  const nodes = [await addNode('a'), await addNode('b'), await addNode('c')];
  const looks = await Promise.all(nodes.map(look));
  expect(new Set(looks)).toEqual(new Set(nodes));
});

test('what was promised here fills a pool until it is read anew', async () => {
  const a = await addNode('a');
  const looks = [];
  for (let i = 0; i < 5; i++) looks.push(await look());
  expect(looks).toEqual([a, a, a, a, undefined]);
  await clock.advance(1_000);
  expect(await look()).toBe(a);
});

test('a claim that is lost is made anew by what the database says now, node by node, until one is won', async () => {
  const [a, b] = [await addNode('a'), await addNode('b')];
  await look();
  await promised(a, 3 * GiB);
  const tried: { nodeId: NodeId; candidates: readonly PlacementCandidate[] }[] = [];
  const placed = await placements.place(database.store.db, request, async (nodeId, candidates) => {
    tried.push({ nodeId, candidates });
    return tried.length === 3;
  });
  // The first try is by the kept snapshot; then the emptier one of the two, which is lost as well.
  expect(tried.slice(1).map(({ nodeId }) => nodeId)).toEqual([b, a]);
  expect(placed).toBe(a);
  const candidateB = tried[2]?.candidates.find(({ node }) => node.id === b);
  expect(candidateB).toMatchObject({ score: null, reason: expect.stringContaining('another instance') });
});

test('when every claim is lost, or nothing has room, the reasons of each node are told', async () => {
  const [a, b] = [await addNode('a'), await addNode('b')];
  const refused = (claim: () => Promise<boolean>) =>
    placements.place(database.store.db, request, claim).catch((error: unknown) => error);
  const lost = await refused(async () => false);
  expect(lost).toMatchObject({ code: 'insufficient-capacity' });
  expect(String(lost)).toContain('another instance');

  for (const id of [a, b]) await promised(id, 4.5 * GiB);
  await clock.advance(1_000);
  const full = await refused(taken);
  expect(full).toMatchObject({ code: 'insufficient-capacity' });
  for (const name of ['a', 'b']) expect(String(full)).toMatch(new RegExp(`${name}: [^;]*memory`));
});

test('a snapshot that says full does not refuse what the database has room for', async () => {
  const a = await addNode('a');
  while (await look());
  expect(await placements.place(database.store.db, request, taken)).toBe(a);
});

test('a large pool is weighed in parts, and every part has its turn', async () => {
  const nodes = new Set<NodeId>();
  for (let i = 0; i < 200; i++) nodes.add(await addNode(`node-${i}`));
  const seen = new Set<NodeId>();
  for (let i = 0; i < nodes.size; i++) seen.add((await look()) as NodeId);
  expect(seen).toEqual(nodes);
});

test('of a pool that cannot be read nothing is kept', async () => {
  const nowhere = { ...request, computePoolId: newId<ComputePoolId>() };
  for (let i = 0; i < 2; i++)
    await expect(placements.look(database.store.db, nowhere)).rejects.toMatchObject({ code: 'not-found' });
});

test('who comes too late is told what is short now, and by how much', async () => {
  const a = await addNode('a');
  // All of it goes to others while this claim is under way.
  const lost = async () => {
    await promised(a, 4 * GiB);
    return false;
  };
  await expect(placements.place(database.store.db, request, lost)).rejects.toMatchObject({
    code: 'insufficient-capacity',
    message: expect.stringMatching(/a: [\d.]+ [GM]iB of memory/),
  });
});
