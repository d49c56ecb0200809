import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstanceId } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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
      nics: [{ mode: 'private', macAddress: '02:00:00:00:00:01', address: '100.64.0.30' }],
      disks: [],
      iso: null,
    },
    places: [7],
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

  const { entries, unreadable } = await createFileLedger(directory).load();
  expect(entries).toEqual([{ ...kept, generation: 2 }]);
  expect(unreadable).toEqual([]);
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
    const { entries, unreadable } = await createFileLedger(directory).load();
    expect(entries).toEqual([good]);
    expect(unreadable.map(({ instanceId }) => instanceId)).toEqual([bad]);
  }
  await ledger.remove(bad);
  expect(await readdir(directory)).toEqual([`${good.instanceId}.json`]);
});

test('an entry under the name of another instance is damaged', async () => {
  const ledger = createFileLedger(directory);
  const other = newId<InstanceId>();
  await writeFile(join(directory, `${other}.json`), JSON.stringify({ version: 2, ...entry() }));
  expect((await ledger.load()).unreadable[0]?.reason).toMatch(/about instance/);
});

test('a half-written temporary file is cleared away', async () => {
  await writeFile(join(directory, `${newId<InstanceId>()}.json.tmp`), '{');
  expect(await createFileLedger(directory).load()).toEqual({ entries: [], unreadable: [] });
  expect(await readdir(directory)).toEqual([]);
});

describe('entries of other releases', () => {
  const golden = join(import.meta.dirname, 'golden');

  test('those of the first release are read, and written with their version', async () => {
    const names = (await readdir(golden)).filter((name) => name.endsWith('.json'));
    for (const name of names) await copyFile(join(golden, name), join(directory, name));
    const ledger = createFileLedger(directory);
    const { entries, unreadable } = await ledger.load();
    expect(unreadable).toEqual([]);
    expect(entries.map(({ config, wanted }) => `${config.name} ${wanted}`).sort()).toEqual([
      'old-running running',
      'old-stopped stopped',
    ]);
    const running = entries.find(({ config }) => config.name === 'old-running');
    expect(running).toMatchObject({
      places: [718706],
      config: {
        nics: [{ mode: 'private', macAddress: '52:00:d4:6f:af:f2', address: null }],
        disks: [{ volume: { driver: 'local', locator: '01a22108-c9b0-7207-b183-380a8a603afd' } }],
      },
    });
    for (const entry of entries) await ledger.write(entry);
    for (const name of names)
      expect(JSON.parse(await readFile(join(directory, name), 'utf8'))).toMatchObject({ version: 2 });
    expect((await ledger.load()).entries).toEqual(entries);
  });

  test('one of a newer release is set aside by name, unchanged, and read by that release', async () => {
    const one = entry();
    const path = join(directory, `${one.instanceId}.json`);
    const text = JSON.stringify({ version: 99, ...one, places: { network: 'n', place: 7 } });
    await writeFile(path, text);
    for (const _start of [1, 2]) {
      const { entries, unreadable } = await createFileLedger(directory).load();
      expect(entries).toEqual([]);
      expect(unreadable).toEqual([
        { instanceId: one.instanceId, path, reason: expect.stringMatching(/version 99 .* newer release/) },
      ]);
      expect(await readFile(path, 'utf8')).toBe(text);
    }
    await createFileLedger(directory).remove(one.instanceId);
    expect(await readdir(directory)).toEqual([]);
  });

  test('one that an earlier release took for damaged is taken back by a release that can read it', async () => {
    const one = entry();
    await writeFile(join(directory, `${one.instanceId}.json.damaged`), JSON.stringify({ version: 2, ...one }));
    expect(await createFileLedger(directory).load()).toEqual({ entries: [one], unreadable: [] });
    expect(await readdir(directory)).toEqual([`${one.instanceId}.json`]);
  });
});
