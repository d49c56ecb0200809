import { GiB, type InstanceId, MiB, type Operation, TiB } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestNode } from '../../node/test-node.ts';
import { startTestPlatform, type TestPlatform } from '../test-platform.ts';

let platform: TestPlatform;
let node: TestNode;
beforeAll(async () => {
  platform = await startTestPlatform();
  node = await platform.addNode('node-1', { cores: 128, memoryBytes: 4 * TiB, diskBytes: 64 * TiB });
});
afterAll(() => platform[Symbol.asyncDispose]());

const small = { cores: 1, memoryBytes: 64 * MiB, disks: [{ sizeBytes: 16 * MiB }], firstNumber: 1 };
const createMany = (body: object) => platform.call('createInstances', { body: { ...small, start: true, ...body } });
const ended = (operation: Operation) => platform.engine.waitFor(operation.id, 120_000);
const childrenOf = async ({ id }: Operation) => (await platform.engine.list({ limit: 500, parent: id })).items;
const names = async () =>
  (await platform.store.db.selectFrom('instance').select('name').orderBy('created_at').orderBy('id').execute()).map(
    ({ name }) => name,
  );

/** What is promised is what there is, and nothing is held any more. */
async function requireExactBooks(): Promise<void> {
  const { db } = platform.store;
  const rows = await db.selectFrom('instance').select(['cores', 'memory_bytes', 'state']).execute();
  const { capacity, instanceCount } = await platform.call('getNode', { params: { id: 'node-1' } });
  expect(capacity.cores.promised).toBe(rows.reduce((sum, { cores }) => sum + cores, 0));
  expect(capacity.memoryBytes.promised).toBe(rows.reduce((sum, row) => sum + row.memory_bytes, 0));
  expect(capacity.diskBytes.promised).toBe(rows.length * 16 * MiB);
  expect(instanceCount).toBe(rows.length);
  expect(node.instances.size).toBe(rows.length);
  expect(await db.selectFrom('operation_claim').selectAll().execute()).toEqual([]);
}
const removeAll = async (): Promise<void> => {
  const all = await names();
  if (all.length > 0)
    expect(await ended(await platform.call('deleteInstances', { body: { instances: all } }))).toMatchObject({
      state: 'succeeded',
    });
  await requireExactBooks();
};

describe('several instances by one request', () => {
  it('are made by a rule, started, stopped and deleted again', async () => {
    const begun = await createMany({ count: 12, nameRule: 'web-{n:02}' });
    expect(begun).toMatchObject({
      kind: 'instance.create-batch',
      target: { kind: 'system', name: 'web-01 … web-12 (12)' },
      children: { total: 12 },
    });
    expect(await ended(begun)).toMatchObject({ state: 'succeeded', progress: 1, children: { succeeded: 12 } });
    expect((await names()).toSorted()).toEqual(
      Array.from({ length: 12 }, (_, i) => `web-${String(i + 1).padStart(2, '0')}`),
    );
    const children = await childrenOf(begun);
    expect(children.map(({ kind, createdBy }) => [kind, createdBy?.username])).toEqual(
      Array(12).fill(['instance.create', 'tester']),
    );
    await requireExactBooks();

    const some = ['web-01', 'web-02', 'web-03'];
    expect(
      await ended(await platform.call('stopInstances', { body: { instances: some, timeoutSeconds: 5 } })),
    ).toMatchObject({
      state: 'succeeded',
      target: { name: 'web-01, web-02, web-03' },
    });
    expect((await platform.call('getInstance', { params: { id: 'web-02' } })).state).toBe('stopped');
    // What cannot be is told, the others are started.
    const start = await ended(await platform.call('startInstances', { body: { instances: [...some, 'web-04'] } }));
    expect(start).toMatchObject({
      state: 'failed',
      children: { succeeded: 3, failed: 1 },
      error: { code: 'wrong-state' },
    });
    expect(start.error?.detail).toContain('web-04: Instance «web-04» is running');
    expect((await platform.call('getInstance', { params: { id: 'web-02' } })).state).toBe('running');
    await removeAll();
  });

  it('three that fail are told with their reasons, leave nothing, and are retried', async () => {
    node.failures.set('start', new PlatformError('launch-failed', 'QEMU said no'));
    const failed = await ended(await createMany({ names: ['a', 'b', 'c', 'd'] }));
    expect(failed).toMatchObject({ state: 'failed', children: { succeeded: 3, failed: 1 }, retryable: true });
    expect(failed.error).toMatchObject({ code: 'launch-failed', detail: expect.stringContaining('QEMU said no') });
    await requireExactBooks();
    expect((await names()).length).toBe(3);
    await platform.engine.retry(failed.id);
    expect(await ended(failed)).toMatchObject({ state: 'succeeded', children: { total: 4, succeeded: 4, failed: 0 } });
    expect((await names()).toSorted()).toEqual(['a', 'b', 'c', 'd']);
    await removeAll();
  });

  it('names that are taken are refused before anything is made, naming the first', async () => {
    expect(await ended(await createMany({ names: ['web-3', 'web-5'] }))).toMatchObject({ state: 'succeeded' });
    await expect(createMany({ count: 6, nameRule: 'web-{n}' })).rejects.toMatchObject({
      code: 'name-taken',
      message: expect.stringContaining('«web-3», «web-5»'),
      errors: [{ path: 'nameRule', message: expect.stringContaining('web-') }],
    });
    expect((await names()).length).toBe(2);
    await removeAll();
  });

  it('where there is room for some, these are made and the rest is told', async () => {
    const body = { count: 12, nameRule: 'big-{n}', memoryBytes: 512 * GiB, disks: [{ sizeBytes: 16 * MiB }] };
    const operation = await ended(await createMany(body));
    expect(operation).toMatchObject({ state: 'failed', children: { total: 12, succeeded: 7, failed: 5 } });
    expect(operation.error).toMatchObject({
      code: 'insufficient-capacity',
      detail: expect.stringMatching(/5 of 12.*short/),
    });
    await requireExactBooks();
    await removeAll();
  });

  it('what is no instance, or the same twice, is refused with its place in the request', async () => {
    expect(await ended(await createMany({ names: ['solo'] }))).toMatchObject({ state: 'succeeded' });
    const [{ id } = { id: '' as InstanceId }] = await platform.store.db.selectFrom('instance').select('id').execute();
    const start = (instances: string[]) => platform.call('stopInstances', { body: { instances, timeoutSeconds: 5 } });
    await expect(start(['solo', 'nobody'])).rejects.toMatchObject({
      code: 'invalid-request',
      errors: [{ path: 'instances.1', message: 'names no instance' }],
    });
    await expect(start(['solo', id])).rejects.toMatchObject({
      code: 'invalid-request',
      errors: [{ path: 'instances.1', message: 'is the same as instances.0' }],
    });
    await removeAll();
  });

  it('a repeated request with its key is answered with the same operation', async () => {
    const request = {
      body: { ...small, start: false, names: ['k1', 'k2'] },
      idempotencyKey: 'key',
      requestHash: 'h',
    };
    const [one, other] = [
      await platform.call('createInstances', request),
      await platform.call('createInstances', request),
    ];
    expect(other.id).toBe(one.id);
    await ended(one);
    expect((await names()).toSorted()).toEqual(['k1', 'k2']);
    // Also when what it made, or deleted, would refuse it by now.
    expect((await platform.call('createInstances', request)).id).toBe(one.id);
    await expect(platform.call('createInstances', { ...request, requestHash: 'other' })).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    });
    const deletion = { body: { instances: ['k1'] }, idempotencyKey: 'delete-several', requestHash: 'h' };
    const gone = await platform.call('deleteInstances', deletion);
    await ended(gone);
    expect((await platform.call('deleteInstances', deletion)).id).toBe(gone.id);
    const single = { params: { id: 'k2' }, idempotencyKey: 'delete-one', requestHash: 'h' };
    const last = await platform.call('deleteInstance', single);
    await ended(last);
    expect((await platform.call('deleteInstance', single)).id).toBe(last.id);
    await removeAll();
  });
});

it('a thousand are made by one request, in some dozen commits', async () => {
  const began = performance.now();
  const operation = await ended(await createMany({ count: 1_000, nameRule: 'mass-{n:04}', start: false }));
  expect(operation).toMatchObject({ state: 'succeeded', children: { total: 1_000, succeeded: 1_000 } });
  console.log(`1,000 created in ${Math.round(performance.now() - began)} ms`);
  await requireExactBooks();
  const all = await names();
  const gone = performance.now();
  expect(await ended(await platform.call('deleteInstances', { body: { instances: all } }))).toMatchObject({
    state: 'succeeded',
  });
  console.log(`1,000 deleted in ${Math.round(performance.now() - gone)} ms`);
  await requireExactBooks();
}, 240_000);
