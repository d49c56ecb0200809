import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say } from '@zhiyun/contracts';
import { expect, test } from 'vitest';
import { readKept, writeDurable } from './kept-file.ts';
import { versioned } from './versioned.ts';

/** Stands for any schema. */
const named = versioned({
  what: say('version.lock'),
  schema: {
    parse(value: unknown) {
      if (value instanceof Object && 'name' in value) return { name: String(value.name) };
      throw new Error('no name');
    },
  },
});

test('what was written is read again; no file is nothing; a damaged one says what to do', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'zhiyun-kept-'));
  const path = join(directory, 'kept.json');
  const read = () => readKept(path, named, 'throw it away');
  expect(await read()).toBeUndefined();
  for (const name of ['first', 'second']) {
    await writeDurable(path, JSON.stringify({ name }));
    expect(await read()).toEqual({ name });
  }
  expect(await readdir(directory)).toEqual(['kept.json']);
  for (const text of ['{"name":', '{}']) {
    await writeFile(path, text);
    await expect(read()).rejects.toMatchObject({ code: 'internal', message: `${path} is damaged; throw it away.` });
  }
  await rm(directory, { recursive: true });
});
