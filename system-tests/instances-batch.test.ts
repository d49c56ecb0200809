/** Twenty instances by one request on real QEMU: for three there is no room, room is made, they are retried; the books are exact. */
import { type Instance, MiB, type Operation } from '@zhiyun/contracts';
import { skippable, unmet } from '@zhiyun/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { qemuProcesses } from './src/leftovers.ts';
import { type Platform, startPlatform, until } from './src/platform.ts';

const missing = unmet({ rootFor: 'networks of guests' });
const count = 20;
const fitting = 17;
const memoryBytes = 32 * MiB;
const diskBytes = 1 * MiB;

describe.skipIf(missing)(skippable('a batch of instances', missing), () => {
  let platform: Platform;
  let batch: Operation;
  let filler: string;
  beforeAll(async () => {
    platform = await startPlatform();
    // Cores are no matter here.
    await platform.client.updateComputePool({ params: { id: 'default' }, body: { cpuOvercommit: 64 } });
  });
  afterAll(async () => {
    await platform?.[Symbol.asyncDispose]();
  });

  const ended = async ({ id }: Operation): Promise<Operation> => {
    let now: Operation;
    do now = await platform.client.getOperation({ params: { id }, query: { waitSeconds: 60 } });
    while (now.endedAt === null);
    return now;
  };
  const all = async (): Promise<Instance[]> => (await platform.client.listInstances({ query: { limit: 500 } })).items;
  /** What is promised is what there is, and nothing is at work or held. */
  async function requireExactBooks(): Promise<void> {
    const instances = await all();
    const [node] = (await platform.client.listNodes()).items;
    const sum = (of: (instance: Instance) => number) => instances.reduce((total, instance) => total + of(instance), 0);
    expect(node?.capacity.memoryBytes.promised).toBe(sum((instance) => instance.memoryBytes));
    expect(node?.capacity.cores.promised).toBe(sum((instance) => instance.cores));
    expect(node?.capacity.diskBytes.promised).toBe(
      sum(({ disks }) => disks.reduce((all, disk) => all + disk.sizeBytes, 0)),
    );
    expect(node?.instanceCount).toBe(instances.length);
    expect((await platform.client.listOperations({ query: { active: 'true' } })).items).toEqual([]);
    expect(instances.every(({ operation }) => operation === null)).toBe(true);
  }

  test('what there is room for is made and runs; three are told, with the reason', async () => {
    const [node] = (await platform.client.listNodes()).items;
    const { total = 0, promised = 0 } = node?.capacity.memoryBytes ?? {};
    const rest = Math.floor((total - promised) / MiB) * MiB - fitting * memoryBytes;
    const fill = await platform.client.createInstance({
      body: { name: 'filler', cores: 1, memoryBytes: rest, disks: [{ sizeBytes: diskBytes }], start: false },
    });
    filler = (await ended(fill)).target.id;
    batch = await ended(
      await platform.client.createInstances({
        body: { count, nameRule: 'web-{n:02}', cores: 1, memoryBytes, disks: [{ sizeBytes: diskBytes }] },
      }),
    );
    expect(batch).toMatchObject({
      state: 'failed',
      error: { code: 'insufficient-capacity' },
      children: { total: count, succeeded: fitting, failed: count - fitting },
    });
    const failed = await platform.client.listOperations({ query: { parent: batch.id, state: 'failed' } });
    expect(failed.items.map(({ target }) => target.name).toSorted()).toEqual(['web-18', 'web-19', 'web-20']);
    expect(failed.items.every(({ error }) => error?.detail.includes('memory short'))).toBe(true);
    expect(await qemuProcesses(platform.home)).toHaveLength(fitting);
    await requireExactBooks();
  }, 300_000);

  test('when there is room, those three are made, and no other a second time', async () => {
    await ended(await platform.client.deleteInstance({ params: { id: filler } }));
    const before = (await all()).map(({ id }) => id);
    await platform.client.retryOperation({ params: { id: batch.id } });
    const retried = await ended(batch);
    expect(retried).toMatchObject({ state: 'succeeded', children: { total: count, succeeded: count, failed: 0 } });
    const now = await all();
    expect(now.map(({ name }) => name).toSorted()).toEqual(
      Array.from({ length: count }, (_, index) => `web-${String(index + 1).padStart(2, '0')}`),
    );
    expect(before.every((id) => now.some((instance) => instance.id === id))).toBe(true);
    expect(now.every(({ state }) => state === 'running')).toBe(true);
    expect(await qemuProcesses(platform.home)).toHaveLength(count);
    await requireExactBooks();
  }, 300_000);

  test('all are deleted by one request, and nothing is left', async () => {
    const instances = (await all()).map(({ name }) => name);
    expect(await ended(await platform.client.deleteInstances({ body: { instances } }))).toMatchObject({
      state: 'succeeded',
      children: { total: count, succeeded: count },
    });
    expect(await all()).toEqual([]);
    await until(async () => (await qemuProcesses(platform.home)).length === 0, 'the last QEMU to end');
    await requireExactBooks();
  }, 300_000);
});
