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

test('a reverse proxy is named by its address, the public address without a path', async () => {
  await writeFile(join(home, 'config.json'), '{"publicUrl":"https://cloud.example","trustedProxies":["10.0.0.0/8"]}');
  expect(await readConfig(home, { ZHIYUN_TRUSTED_PROXIES: '::1, 192.0.2.0/24' })).toMatchObject({
    publicUrl: 'https://cloud.example',
    trustedProxies: ['::1', '192.0.2.0/24'],
  });
  for (const wrong of ['http://cloud.example', 'https://cloud.example/zhiyun', 'cloud.example'])
    await expect(readConfig(home, { ZHIYUN_PUBLIC_URL: wrong })).rejects.toThrow('publicUrl must be https://HOST');
  for (const wrong of ['proxy.example', '10.0.0.0/33', '10.0.0.1/8/8'])
    await expect(readConfig(home, { ZHIYUN_TRUSTED_PROXIES: wrong })).rejects.toThrow('must be an IP address');
});

test('what is wrong is named', async () => {
  await writeFile(join(home, 'config.json'), '{"database":{"url":"mysql://x"},"lisen":"x"}');
  await expect(readConfig(home, {})).rejects.toThrow(/database\.url must begin with postgresql:\/\/.*lisen/);
  await writeFile(join(home, 'config.json'), '{');
  await expect(readConfig(home, {})).rejects.toThrow('Mend the JSON');
});
