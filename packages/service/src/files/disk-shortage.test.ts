import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GiB } from '@zhiyun/contracts';
import { englishOf, PlatformError } from '@zhiyun/kernel';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { diskRoom, explainFull, requireRoom, shortage } from './disk-shortage.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zhiyun-room-'));
});
afterAll(() => rm(directory, { recursive: true }));

const roomy = { freeBytes: 3 * GiB, inodes: 1_000_000, freeInodes: 500_000 };

test.each([
  ['space', { ...roomy, freeBytes: 1 * GiB }, 2 * GiB, 'ENOSPC', /2 GiB are needed, 1 GiB are free/],
  ['space, of which nobody knows how much', { ...roomy, freeBytes: 4096 }, 0, 'ENOSPC', /full: 4 KiB are free/],
  ['inodes', { ...roomy, freeInodes: 0 }, 0, 'ENOSPC', /of its 1000000 inodes 0 are free \(3 GiB of space are\)/],
  [
    'space where inodes are not counted',
    { freeBytes: 0, inodes: 0, freeInodes: 0 },
    1 * GiB,
    'ENOSPC',
    /1 GiB are needed/,
  ],
  ['the quota', roomy, 0, 'EDQUOT', /quota/],
] as const)('%s is what is short', (_, room, needed, code, words) => {
  const said = englishOf(shortage('storage-server', room, needed, code));
  expect(said).toMatch(words);
  expect(said).not.toMatch(/\b0 B are needed/);
});

test('a full disk is told from other errors, also where the file does not exist yet', async () => {
  const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
  const told = await explainFull(full, 'node', join(directory, 'not-there'), 0);
  expect(told).toBeInstanceOf(PlatformError);
  expect(told).toMatchObject({ code: 'disk-full', message: expect.stringContaining('disk of the node') });
  const other = Object.assign(new Error('write'), { code: 'EIO' });
  expect(await explainFull(other, 'node', directory, 0)).toBe(other);
});

test('what does not fit is refused before the first byte', async () => {
  const { freeBytes } = await diskRoom(directory);
  await requireRoom('node', directory, 1);
  await expect(requireRoom('node', directory, freeBytes + 2 ** 52)).rejects.toMatchObject({ code: 'disk-full' });
});
