import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from './config.ts';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'zhiyun-config-'));
});
afterEach(() => rm(home, { recursive: true }));

test('nothing configured: defaults', async () => {
  expect(await readConfig(home, {})).toEqual({ log: { level: 'info' } });
});

test('the environment stands above the file', async () => {
  await writeFile(join(home, 'config.json'), '{"listen":"127.0.0.1:1","log":{"level":"warn"}}');
  expect(await readConfig(home, { ZHIYUN_LISTEN: ':2' })).toEqual({ listen: ':2', log: { level: 'warn' } });
});

test('what is wrong is named', async () => {
  await writeFile(join(home, 'config.json'), '{"database":{"url":"mysql://x"},"lisen":"x"}');
  await expect(readConfig(home, {})).rejects.toThrow(/database\.url must begin with postgresql:\/\/.*lisen/);
  await writeFile(join(home, 'config.json'), '{');
  await expect(readConfig(home, {})).rejects.toThrow('Mend the JSON');
});
