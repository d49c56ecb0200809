import { GiB, MiB, type OperationId, type OperationState } from '@zhiyun/contracts';
import { PlatformError, silentLogger } from '@zhiyun/kernel';
import { waitFor } from '@zhiyun/testkit';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTestControlServer, type TestControlServer } from '../testing/test-control-server.ts';
import { retryStuck } from './retry-stuck.ts';

let test: TestControlServer;
beforeAll(async () => {
  test = await startTestControlServer();
});
afterAll(() => test[Symbol.asyncDispose]());

/** What the task would retry now. */
async function candidates(): Promise<OperationId[]> {
  const asked: OperationId[] = [];
  const retry = async (id: OperationId, from?: OperationState) => {
    if (from === 'stuck') asked.push(id);
    throw new PlatformError('wrong-state', 'Somebody else was quicker.');
  };
  const task = retryStuck({ store: test.store, engine: { retry } });
  await task.run({ signal: new AbortController().signal, log: silentLogger });
  return asked;
}

it('what got stuck before its node came back goes on then, and not before', async () => {
  const { failures } = test.node;
  for (const order of ['prepare', 'remove'] as const)
    failures.set(order, new PlatformError('node-fault', 'The node is unwell.'));
  const lasting = vi.spyOn(failures, 'delete').mockReturnValue(false);
  const body = { name: 'web', cores: 1, memoryBytes: 64 * MiB, disks: [{ sizeBytes: 1 * GiB }] };
  const operation = await test.admin.createInstance({ body });
  expect(await test.ended(operation)).toMatchObject({ state: 'stuck' });
  lasting.mockRestore();
  failures.clear();
  expect(await candidates()).toEqual([]);

  // As when it comes back.
  const comesBack = { state_since: sql<Date>`clock_timestamp()` };
  await test.store.db.updateTable('node').set(comesBack).execute();
  expect(await candidates()).toEqual([operation.id]);
  const state = async () => (await test.admin.getOperation({ params: { id: operation.id } })).state;
  await waitFor(async () => {
    test.control.backgroundTasks.signal('retry-stuck');
    return (await state()) === 'failed';
  });
  expect((await test.admin.listInstances()).items).toEqual([]);
  expect(await candidates()).toEqual([]);
});
