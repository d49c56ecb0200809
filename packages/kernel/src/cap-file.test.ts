import { appendFile, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { capFile } from './cap-file.ts';

test('a file that another program appends to begins anew under it, and the last one is kept', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-cap-'));
  try {
    const path = join(directory, 'other.log');
    await capFile(path, 10);
    await using other = await open(path, 'a');
    await other.write('0123456789');
    await capFile(path, 10);
    expect(await readFile(path, 'utf8')).toBe('0123456789');
    await appendFile(path, 'more');
    await capFile(path, 10);
    await other.write('again');
    expect(await readFile(path, 'utf8')).toBe('again');
    expect(await readFile(`${path}.1`, 'utf8')).toBe('0123456789more');
  } finally {
    await rm(directory, { recursive: true });
  }
});
