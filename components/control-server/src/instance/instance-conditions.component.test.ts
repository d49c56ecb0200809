/** What keeps a running machine from working, and machines that a node has started by itself: shown and told. */
import { type Event, GiB, type Instance, type InstanceId, MiB } from '@zhiyun/contracts';
import { listEvents } from '@zhiyun/store';
import { waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { TestNode } from '../node/test-node.ts';
import { startTestPlatform, type TestPlatform } from './test-platform.ts';

let platform: TestPlatform;
let node: TestNode;
let id: InstanceId;
let told: number;
const since = '2026-01-01T00:00:00.000Z';

beforeAll(async () => {
  platform = await startTestPlatform();
  node = await platform.addNode('node-1');
  const body = { name: 'web', cores: 1, memoryBytes: 256 * MiB, disks: [{ sizeBytes: GiB }], start: true };
  await platform.ended(await platform.call('createInstance', { body }));
  id = (await show()).id;
});
afterAll(() => platform[Symbol.asyncDispose]());
beforeEach(async () => {
  told = (await events()).length;
});

const show = (): Promise<Instance> => platform.call('getInstance', { params: { id: 'web' } });
async function events(): Promise<Event[]> {
  return (await listEvents(platform.store, { reader: undefined, limit: 500, subjectKind: 'instance' })).items.reverse();
}
/** Since the test's beginning, of the instance itself, without changes of its state. */
const news = async () =>
  (await events()).slice(told).filter(({ kind }) => kind.startsWith('instance.') && kind !== 'instance.state-changed');

it('a machine that does not answer is running, with what is wrong since when; begin and end are events', async () => {
  node.condition(id, { kind: 'not-responding', since });
  await waitFor(async () => (await show()).condition !== null, { describe: 'the condition to be shown' });
  expect(await show()).toMatchObject({ state: 'running', condition: { kind: 'not-responding', since } });
  node.condition(id, null);
  await waitFor(async () => (await show()).condition === null, { describe: 'the condition to end' });
  expect(await news()).toMatchObject([
    { kind: 'instance.condition-began', severity: 'warning', data: { kind: 'not-responding' } },
    { kind: 'instance.condition-ended', severity: 'info', data: { kind: 'not-responding' } },
  ]);
});

it('what is heard of it while an operation works on it is told when that ends', async () => {
  const stopping = Promise.withResolvers<void>();
  node.delays.set('stop', stopping.promise);
  node.deafGuests.add('web');
  const stop = await platform.call('stopInstance', { params: { id: 'web' } });
  await waitFor(async () => (await show()).state === 'stopping', { describe: 'it to be stopping' });
  node.condition(id, { kind: 'disk-full', since });
  stopping.resolve();
  expect(await platform.ended(stop)).toMatchObject({ state: 'failed' });
  await waitFor(async () => (await show()).condition?.kind === 'disk-full', { describe: 'the condition to be shown' });
  expect(await news()).toMatchObject([{ kind: 'instance.condition-began', data: { kind: 'disk-full' } }]);
  node.delays.clear();
  node.deafGuests.clear();
});

it('is nothing of a machine that was killed, nor of the next', async () => {
  await platform.ended(await platform.call('killInstance', { params: { id: 'web' } }));
  expect(await show()).toMatchObject({ state: 'stopped', condition: null });
  node.condition(id, null);
  await platform.ended(await platform.call('startInstance', { params: { id: 'web' } }));
  expect(await show()).toMatchObject({ state: 'running', condition: null });
  expect(await news()).toEqual([]);
});

it('an instance that its node has started again is told, and runs since then', async () => {
  const before = await show();
  node.restart(id);
  await waitFor(async () => (await show()).stateSince !== before.stateSince, { describe: 'its time to begin anew' });
  expect(await show()).toMatchObject({ state: 'running' });
  expect(await news()).toMatchObject([{ kind: 'instance.restarted', severity: 'info' }]);
});

it('what it starts from is kept, changed, and told to its node', async () => {
  expect(await show()).toMatchObject({ boot: { first: 'disk', menu: false } });
  await platform.call('updateInstance', { params: { id: 'web' }, body: { boot: { first: 'cd' } } });
  expect(await show()).toMatchObject({ boot: { first: 'cd', menu: false } });
  expect(await news()).toMatchObject([{ kind: 'instance.boot-changed', data: { first: 'cd' } }]);
  await platform.ended(
    await platform.call('rebootInstance', { params: { id: 'web' }, body: { timeoutSeconds: 90, bootOnce: 'disk' } }),
  );
  expect(node.configs.get('reboot')?.boot).toEqual({ first: 'cd', menu: false, once: 'disk' });
});
