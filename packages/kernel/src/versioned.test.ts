import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say } from '@zhiyun/contracts';
import { describe, expect, test } from 'vitest';
import { readKept, writeKept } from './kept-file.ts';
import { NewerVersion, versioned } from './versioned.ts';

interface Disk {
  name: string;
  sizeBytes: number;
  cache: string;
}
/** Stands for any schema: the third version of a disk. */
const schema = {
  parse(value: unknown): Disk {
    const { name, sizeBytes, cache = 'none' } = value as Partial<Disk>;
    if (name === undefined || sizeBytes === undefined) throw new Error('name and sizeBytes are needed');
    return { name, sizeBytes, cache };
  },
};
const disk = versioned({
  what: say('version.lock'),
  schema,
  upgrades: [
    ({ size, ...rest }: { size: number }) => ({ ...rest, sizeMiB: size * 1024 }),
    ({ sizeMiB, ...rest }: { sizeMiB: number }) => ({ ...rest, sizeBytes: sizeMiB * 1_048_576 }),
  ],
});
const present = { name: 'a', sizeBytes: 2 ** 31, cache: 'none' };

describe('a versioned shape', () => {
  test.each([
    ['no version is the first one', { name: 'a', size: 2 }],
    ['the first one, said', { version: 1, name: 'a', size: 2 }],
    ['the second', { version: 2, name: 'a', sizeMiB: 2048 }],
    ['the present one', { version: 3, name: 'a', sizeBytes: 2 ** 31, cache: 'none' }],
    ['a field that came later without a version has its default', { version: 3, name: 'a', sizeBytes: 2 ** 31 }],
  ])('reads %s', (_, kept) => {
    expect(disk.parse(kept)).toEqual(present);
  });

  test('is stamped with the present version, and reads what it has stamped', () => {
    expect(disk.stamp(present)).toEqual({ version: 3, ...present });
    expect(disk.parse(JSON.parse(JSON.stringify(disk.stamp(present))))).toEqual(present);
  });

  test('refuses a newer one by name, and what is no version', () => {
    expect(() => disk.parse({ version: 4, name: 'a' })).toThrow(NewerVersion);
    expect(() => disk.parse({ version: 4, name: 'a' })).toThrow(/lock is of version 4 .* up to 3/);
    for (const version of [0, -1, 1.5, '2', null])
      expect(() => disk.parse({ version, name: 'a', size: 2 })).toThrow(/no version/);
  });

  test('a list has no room for a version: it is the first one', () => {
    const names = versioned({ what: say('version.lock'), schema: { parse: (value) => value as string[] } });
    expect(names.parse(['a'])).toEqual(['a']);
    expect(names.stamp(['a'])).toEqual(['a']);
  });

  test('reads a value whose version lies beside it', () => {
    expect(disk.parseAs(1, { name: 'a', size: 2 })).toEqual(present);
    expect(() => disk.parseAs(4, {})).toThrow(NewerVersion);
  });
});

test('a kept file of a newer release is refused by name and left as it is', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-versioned-'));
  try {
    const path = join(directory, 'disk.json');
    await writeKept(path, disk, present);
    expect(await readKept(path, disk, 'make it anew')).toEqual(present);
    const newer = '{"version": 9, "name": {"en": "a"}}';
    await writeFile(path, newer);
    await expect(readKept(path, disk, 'make it anew')).rejects.toMatchObject({
      code: 'newer-version',
      message: expect.stringMatching(/disk\.json: this lock is of version 9/),
    });
    expect(await readFile(path, 'utf8')).toBe(newer);
  } finally {
    await rm(directory, { recursive: true });
  }
});
