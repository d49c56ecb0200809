import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstanceId } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFileLedger } from './file-ledger.ts';
import type { LedgerEntry } from './ledger.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zhiyun-ledger-'));
});
afterEach(() => rm(directory, { recursive: true }));

function entry(overrides: Partial<LedgerEntry> = {}): LedgerEntry {
  const id = newId<InstanceId>();
  return {
    instanceId: id,
    generation: 1,
    order: 'prepare',
    orderDone: true,
    config: {
      id,
      name: 'web-1',
      cores: 1,
      memoryBytes: 1 << 28,
      macAddress: '02:00:00:00:00:01',
      disks: [],
      iso: null,
    },
    slot: 7,
    wanted: 'stopped',
    machine: null,
    epoch: 0,
    sequence: 1,
    stopReason: 'never-started',
    stopDetail: null,
    ...overrides,
  };
}

test('what was written is there after a restart, until it is removed', async () => {
  const kept = entry();
  const removed = entry();
  const ledger = createFileLedger(directory);
  await ledger.load();
  await ledger.write(removed);
  await ledger.write(kept);
  await ledger.write({ ...kept, generation: 2 });
  await ledger.remove(removed.instanceId);
  await ledger.remove(removed.instanceId);

  const { entries, damaged } = await createFileLedger(directory).load();
  expect(entries).toEqual([{ ...kept, generation: 2 }]);
  expect(damaged).toEqual([]);
});

test('of writes at once the last one wins', async () => {
  const one = entry();
  const ledger = createFileLedger(directory);
  await Promise.all([1, 2, 3, 4, 5].map((sequence) => ledger.write({ ...one, sequence })));
  expect((await ledger.load()).entries.map(({ sequence }) => sequence)).toEqual([5]);
});

test.each([
  ['not JSON', '{"instanceId": "'],
  ['empty', ''],
  ['another shape', '{"generation": 1}'],
])('a damaged file (%s) is set aside, reported again and again, and does not hide the others', async (_, text) => {
  const good = entry();
  const bad = newId<InstanceId>();
  const ledger = createFileLedger(directory);
  await ledger.write(good);
  await writeFile(join(directory, `${bad}.json`), text);

  for (const _start of [1, 2]) {
    const { entries, damaged } = await createFileLedger(directory).load();
    expect(entries).toEqual([good]);
    expect(damaged.map(({ instanceId }) => instanceId)).toEqual([bad]);
  }
  await ledger.remove(bad);
  expect(await readdir(directory)).toEqual([`${good.instanceId}.json`]);
});

test('an entry under the name of another instance is damaged', async () => {
  const ledger = createFileLedger(directory);
  const other = newId<InstanceId>();
  await writeFile(join(directory, `${other}.json`), JSON.stringify(entry()));
  expect((await ledger.load()).damaged[0]?.reason).toMatch(/about instance/);
});

test('a half-written temporary file is cleared away', async () => {
  await writeFile(join(directory, `${newId<InstanceId>()}.json.tmp`), '{');
  expect(await createFileLedger(directory).load()).toEqual({ entries: [], damaged: [] });
  expect(await readdir(directory)).toEqual([]);
});
