/** What the first release kept of a host, `golden/`, is still read. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { databaseAddressShape } from './host-database.ts';
import { hostRoles, readHostRecord } from './host-record.ts';
import { readyInfoSchema } from './ready-info.ts';

const golden = (name: string) => join(import.meta.dirname, 'golden', name);
const read = (name: string): unknown => JSON.parse(readFileSync(golden(name), 'utf8'));

test('its record', async () => {
  expect(await readHostRecord(golden('host.json'))).toEqual({
    name: 'vm',
    founded: true,
    roles: [...hostRoles],
    simulated: false,
  });
});

test('where the database is', () => {
  expect(databaseAddressShape.parse(read('database.json'))).toEqual({
    url: 'postgresql://zhiyun@192.0.2.7:5432/zhiyun',
  });
});

test('what a running host of that release says to `status` and `down` of this one', () => {
  expect(readyInfoSchema.parse(read('platform.json'))).toMatchObject({ host: 'vm', version: '0.1.0' });
});

test('a record of a newer release is refused by name', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-host-'));
  try {
    const path = join(directory, 'host.json');
    await writeFile(path, '{"version": 7, "name": "vm"}');
    await expect(readHostRecord(path)).rejects.toMatchObject({
      code: 'newer-version',
      message: /host\.json.*version 7/,
    });
  } finally {
    await rm(directory, { recursive: true });
  }
});
