import { GiB, type Instance, type InstanceId, MiB, type Operation } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestNode } from '../node/test-node.ts';
import { startTestPlatform, type TestPlatform } from './test-platform.ts';

let platform: TestPlatform;
let node: TestNode;
beforeAll(async () => {
  platform = await startTestPlatform();
  node = await platform.addNode('node-1');
});
afterAll(() => platform[Symbol.asyncDispose]());

const small = { cores: 1, memoryBytes: 256 * MiB, disks: [{ sizeBytes: 1 * GiB }], start: true };

async function create(name: string, more: object = {}): Promise<Operation> {
  return platform.ended(await platform.call('createInstance', { body: { ...small, name, ...more } }));
}
const show = (name: string): Promise<Instance> => platform.call('getInstance', { params: { id: name } });
const promised = async () => (await platform.call('getNode', { params: { id: 'node-1' } })).capacity;
async function give(
  order: 'startInstance' | 'stopInstance' | 'killInstance' | 'rebootInstance' | 'resetInstance' | 'deleteInstance',
  name: string,
): Promise<Operation> {
  return platform.ended(await platform.call(order, { params: { id: name } }));
}

describe('the life of an instance', () => {
  it('is created, runs, and shows where and why', async () => {
    const operation = await create('web');
    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    expect(operation.steps.map((step) => step.name)).toEqual(['prepare', 'start', 'settle']);
    const instance = await platform.call('getInstance', { params: { id: 'web' } });
    expect(instance).toMatchObject({
      state: 'running',
      computePool: { name: 'default' },
      node: { name: 'node-1' },
      address: '10.0.0.2',
      operation: null,
      placement: [{ node: { name: 'node-1' }, reason: null }],
    });
    expect(instance.macAddress).toMatch(/^52(:[0-9a-f]{2}){5}$/);
    expect((await promised()).memoryBytes.promised).toBe(256 * MiB);
  });

  it('stops, starts, reboots, resets, is killed: each order with a newer generation', async () => {
    expect(await give('stopInstance', 'web')).toMatchObject({ state: 'succeeded' });
    expect(await show('web')).toMatchObject({ state: 'stopped', stopReason: 'requested', address: null });
    expect(await give('startInstance', 'web')).toMatchObject({ state: 'succeeded' });
    expect(await give('rebootInstance', 'web')).toMatchObject({ state: 'succeeded' });
    expect(await give('resetInstance', 'web')).toMatchObject({ state: 'succeeded' });
    expect(await show('web')).toMatchObject({ state: 'running' });
    expect(await give('killInstance', 'web')).toMatchObject({ state: 'succeeded' });
    expect(await show('web')).toMatchObject({ state: 'stopped', stopReason: 'killed' });
    const generations = node.orders.map((order) => Number(order.split(' ')[1]));
    expect(generations).toEqual([...new Set(generations)].sort((a, b) => a - b));
  });

  it('refuses what its state does not allow, and names what would', async () => {
    await expect(give('stopInstance', 'web')).rejects.toMatchObject({
      code: 'wrong-state',
      message: expect.stringContaining('while it is running'),
    });
  });

  it('is renamed, but not to a name that is taken', async () => {
    await create('other', { start: false });
    const rename = platform.call('updateInstance', { params: { id: 'other' }, body: { name: 'web' } });
    await expect(rename).rejects.toMatchObject({ code: 'name-taken', errors: [{ path: 'name' }] });
    const renamed = await platform.call('updateInstance', { params: { id: 'other' }, body: { name: 'another' } });
    expect(renamed).toMatchObject({ name: 'another', state: 'stopped', stopReason: 'never-started' });
  });

  it('is deleted and gives everything back', async () => {
    for (const name of ['web', 'another'])
      expect(await give('deleteInstance', name)).toMatchObject({ state: 'succeeded' });
    await expect(show('web')).rejects.toMatchObject({ code: 'not-found' });
    expect(node.instances.size).toBe(0);
    const { cores, memoryBytes, diskBytes } = await promised();
    expect([cores.promised, memoryBytes.promised, diskBytes.promised]).toEqual([0, 0, 0]);
  });
});

describe('what goes wrong', () => {
  it('a failed start leaves nothing of a new instance', async () => {
    node.failures.set('start', new PlatformError('launch-failed', 'QEMU said no'));
    expect(await create('broken')).toMatchObject({
      state: 'failed',
      error: { code: 'launch-failed', detail: 'QEMU said no' },
    });
    await expect(show('broken')).rejects.toMatchObject({ code: 'not-found' });
    expect(node.instances.size).toBe(0);
    expect((await promised()).memoryBytes.promised).toBe(0);
  });

  it('a full pool is told at once, with the reasons', async () => {
    const request = { body: { ...small, name: 'giant', memoryBytes: 9 * GiB } };
    await expect(platform.call('createInstance', request)).rejects.toMatchObject({
      code: 'insufficient-capacity',
      message: expect.stringContaining('node-1: 1.8 GiB of memory short'),
    });
    expect((await platform.store.db.selectFrom('instance').select('id').execute()).length).toBe(0);
  });

  it('a guest that does not listen goes on running, and can then be killed', async () => {
    await create('deaf');
    node.deafGuests.add('deaf');
    expect(await give('stopInstance', 'deaf')).toMatchObject({ state: 'failed', error: { code: 'shutdown-timeout' } });
    expect(await show('deaf')).toMatchObject({ state: 'running' });
    node.deafGuests.delete('deaf');

    const held = Promise.withResolvers<void>();
    node.delays.set('stop', held.promise);
    const stop = await platform.call('stopInstance', { params: { id: 'deaf' } });
    expect(await show('deaf')).toMatchObject({ state: 'stopping', operation: stop.id });
    await expect(platform.call('startInstance', { params: { id: 'deaf' } })).rejects.toMatchObject({
      code: 'target-busy',
    });
    expect(await give('killInstance', 'deaf')).toMatchObject({ state: 'succeeded' });
    expect(await platform.ended(stop)).toMatchObject({ state: 'cancelled' });
    held.resolve();
    node.delays.delete('stop');
    expect(await show('deaf')).toMatchObject({ state: 'stopped' });
    await give('deleteInstance', 'deaf');
  });

  it('wrong references are named with their field', async () => {
    const wrong = platform.call('createInstance', { body: { ...small, name: 'x', computePool: 'nowhere' } });
    await expect(wrong).rejects.toMatchObject({ code: 'invalid-request', errors: [{ path: 'computePool' }] });
    const noImage = platform.call('createInstance', {
      body: { ...small, name: 'x', disks: [{ sizeBytes: GiB }, { sizeBytes: GiB, image: 'missing' }] },
    });
    await expect(noImage).rejects.toMatchObject({ code: 'invalid-request', errors: [{ path: 'disks.1.image' }] });
  });
});

describe('what happens by itself', () => {
  const state = (name: string) => async () => (await show(name)).state;

  it('a guest that dies shows at once, with its reason', async () => {
    await create('mortal');
    const { id } = await show('mortal');
    node.die(id as InstanceId, 'guest-shutdown');
    await waitFor(async () => (await state('mortal')()) === 'stopped');
    expect(await show('mortal')).toMatchObject({ stopReason: 'guest-shutdown' });
    await give('startInstance', 'mortal');
  });

  it('is unknown while its node is away, and what the node says when it is back', async () => {
    await node.kill();
    await waitFor(async () => (await state('mortal')()) === 'unknown', { timeoutMs: 30_000 });
    await expect(platform.call('deleteInstance', { params: { id: 'mortal' } })).rejects.toMatchObject({
      code: 'node-unreachable',
    });
    await node.comeBack();
    await waitFor(async () => (await state('mortal')()) === 'running');
  });

  it('is stopped when its node came back without it; what nobody knows is reported and left alone', async () => {
    const [[id, held] = []] = node.instances;
    if (!id || !held) throw new Error('the node has no instance');
    await node.kill();
    await waitFor(async () => (await state('mortal')()) === 'unknown', { timeoutMs: 30_000 });
    node.instances.delete(id);
    const stranger = '00000000-0000-7000-8000-0000000000ff' as InstanceId;
    node.instances.set(stranger, { ...held, config: { ...held.config, id: stranger } });
    await node.comeBack();
    await waitFor(async () => (await state('mortal')()) === 'stopped');
    expect((await show('mortal')).stopDetail).toContain('does not have it any more');
    const told = await waitFor(async () =>
      platform.store.db.selectFrom('event').selectAll().where('kind', '=', 'node.unknown-instance').executeTakeFirst(),
    );
    expect(told.data).toEqual({ instanceId: stranger });
    expect(node.instances.has(stranger)).toBe(true);
  });
});
