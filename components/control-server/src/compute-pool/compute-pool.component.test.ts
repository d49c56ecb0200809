import { GiB, MiB } from '@zhiyun/contracts';
import { waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../instance/test-platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform();
});
afterAll(() => platform[Symbol.asyncDispose]());

const pool = (id: string) => platform.call('getComputePool', { params: { id } });
const body = (name: string) => ({ name, description: '', cpuOvercommit: 2, diskOvercommit: 1 });

it('the first nodes join the default pool, whose figures are their sums with overcommit', async () => {
  const node = await platform.addNode('node-1');
  await platform.addNode('node-2');
  expect(await pool('default')).toMatchObject({
    nodeCount: 2,
    instanceCount: 0,
    capacity: {
      cores: { total: 2 * 4 * 8, promised: 0 },
      memoryBytes: { total: 2 * (8 * GiB - Math.ceil((8 * GiB) / 10)) },
      diskBytes: { total: 2 * 100 * GiB * 4 },
    },
  });
  node.reportLoad({ cpu: 0.5, memoryUsedBytes: GiB });
  await waitFor(async () => (await pool('default')).capacity.cores.used === 2);
  const system = await platform.call('getSystem');
  expect(system).toMatchObject({ nodes: { online: 2, offline: 0 }, cpuLoad: 0.25, instances: { running: 0 } });
});

it('a pool is created, changed, listed; its name is its own', async () => {
  await platform.call('createComputePool', { body: body('fast') });
  await expect(platform.call('createComputePool', { body: body('fast') })).rejects.toMatchObject({
    code: 'name-taken',
    errors: [{ path: 'name' }],
  });
  const changed = await platform.call('updateComputePool', { params: { id: 'fast' }, body: { cpuOvercommit: 3 } });
  expect(changed).toMatchObject({ name: 'fast', cpuOvercommit: 3, diskOvercommit: 1 });
  const first = await platform.call('listComputePools', { query: { limit: 1 } });
  expect(first.items.map(({ name }) => name)).toEqual(['default']);
  const second = await platform.call('listComputePools', { query: { limit: 1, cursor: first.nextCursor ?? '' } });
  expect(second).toMatchObject({ items: [{ name: 'fast' }], nextCursor: null });
});

it('a node moves between pools while it is empty, and takes nothing while it is paused', async () => {
  const moved = await platform.call('updateNode', {
    params: { id: 'node-2' },
    body: { computePool: 'fast', schedulable: false },
  });
  expect(moved).toMatchObject({ computePool: { name: 'fast' }, schedulable: false });
  const request = { name: 'web', computePool: 'fast', cores: 1, memoryBytes: 64 * MiB, disks: [], start: true };
  await expect(platform.call('createInstance', { body: request })).rejects.toMatchObject({
    code: 'insufficient-capacity',
    errors: [{ path: 'computePool', message: 'node-2: takes no new instances' }],
  });
  await platform.call('updateNode', { params: { id: 'node-2' }, body: { schedulable: true } });
  await platform.ended(await platform.call('createInstance', { body: request }));
  await expect(
    platform.call('updateNode', { params: { id: 'node-2' }, body: { computePool: 'default' } }),
  ).rejects.toMatchObject({ code: 'in-use' });
});

it('a pool with something in it is not deleted, and says what', async () => {
  await expect(platform.call('deleteComputePool', { params: { id: 'fast' } })).rejects.toMatchObject({
    code: 'in-use',
    message: expect.stringContaining('the nodes node-2; the instances web'),
  });
  await platform.ended(await platform.call('deleteInstance', { params: { id: 'web' } }));
  await platform.call('updateNode', { params: { id: 'node-2' }, body: { computePool: null } });
  await platform.call('deleteComputePool', { params: { id: 'fast' } });
  await expect(pool('fast')).rejects.toMatchObject({ code: 'not-found' });
});
