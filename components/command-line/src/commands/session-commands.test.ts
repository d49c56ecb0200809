import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Answer, configHome, fakePlatform, run } from '../testing/run-cli.ts';
import { at, page } from '../testing/samples.ts';

const user = { id: 'u', username: 'admin', role: 'administrator', mustChangePassword: false, createdAt: at };
const platform: Answer = ({ call }) => {
  if (call === 'POST /sessions') return { status: 201, body: { token: 'secret', expiresAt: at, user } };
  if (call.startsWith('DELETE /sessions')) return { status: 204 };
  if (call === 'GET /users/me') return { body: user };
  return page();
};

test('a login whose input ends without a password says so', async () => {
  await using config = await configHome();
  const env = { XDG_CONFIG_HOME: config.path };
  const { err, code } = await run(['login', '--url', 'https://127.0.0.1:1'], { env });
  expect(err).toContain('No password was given');
  expect(code).toBe(2);
});

test('each platform has its session; a command goes to the one that is meant, and says so when in doubt', async () => {
  await using one = await fakePlatform(platform);
  await using two = await fakePlatform(platform);
  await using config = await configHome();
  const home = join(config.path, 'home');
  const env = { XDG_CONFIG_HOME: config.path };
  const zhiyun = (args: string[], more: NodeJS.ProcessEnv = {}) =>
    run(args, { env: { ...env, ...more }, input: 'pass\n' });

  expect((await zhiyun(['login', '--url', one.url])).code).toBe(0);
  expect((await zhiyun(['whoami'])).err).toBe('');
  // A platform in a home of its own, where nobody has signed in yet.
  await mkdir(home);
  await writeFile(join(home, 'ca.pem'), 'TWO');
  await writeFile(join(home, 'platform.json'), JSON.stringify({ url: two.url, caFile: join(home, 'ca.pem') }));
  const there = { ZHIYUN_HOME: home };
  const before = await zhiyun(['instance', 'list'], there);
  expect(before).toMatchObject({ code: 2 });
  expect(before.err).toContain(`ZHIYUN_HOME=${home} zhiyun login`);

  expect((await zhiyun(['login'], there)).code).toBe(0);
  const count = () => [one.asked.length, two.asked.length];
  const [first, second] = count() as [number, number];
  await zhiyun(['instance', 'list'], there);
  expect(count()).toEqual([first, second + 1]);
  await zhiyun(['instance', 'list', '--url', one.url], there);
  expect(count()).toEqual([first + 1, second + 1]);
  const name = new URL(one.url).host;
  expect((await zhiyun(['context', 'use', name])).code).toBe(0);
  const doubtful = await zhiyun(['instance', 'list']);
  expect(count()).toEqual([first + 2, second + 1]);
  expect(doubtful.err).toBe(`zhiyun: at ${one.url} (context ${name})\n`);

  const listed = await zhiyun(['context', 'list', '--json']);
  expect(JSON.parse(listed.out).items).toMatchObject([{ name, url: one.url, current: true }, { url: two.url }]);
  expect(listed.out).not.toContain('secret');
  expect((await zhiyun(['logout'])).code).toBe(0);
  expect((await zhiyun(['instance', 'list'])).err).toBe('');
  expect(count()[1]).toBe(second + 2);
  expect((await stat(join(config.path, 'zhiyun', 'contexts.json'))).mode & 0o777).toBe(0o600);
});

test('the session of a CLI before there were contexts is still good, and kept', async () => {
  await using one = await fakePlatform(platform);
  await using config = await configHome({ url: one.url, token: 'old', username: 'admin' });
  const env = { XDG_CONFIG_HOME: config.path };
  expect((await run(['whoami'], { env })).out).toBe(`admin (administrator) ${one.url}\n`);
  await run(['context', 'use', new URL(one.url).host], { env });
  expect(JSON.parse(await readFile(join(config.path, 'zhiyun', 'contexts.json'), 'utf8'))).toMatchObject({
    version: 1,
    current: new URL(one.url).host,
  });
});

test('contexts of a newer version are refused, not misread', async () => {
  await using config = await configHome();
  await writeFile(join(config.path, 'zhiyun', 'contexts.json'), JSON.stringify({ version: 2 }));
  const { err, code } = await run(['whoami'], { env: { XDG_CONFIG_HOME: config.path } });
  expect(err).toContain('newer zhiyun');
  expect(code).toBe(2);
});
