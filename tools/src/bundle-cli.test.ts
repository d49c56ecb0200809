import { execFile } from 'node:child_process';
import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const launcher = join(root, 'zhiyun');
const bundle = join(root, 'components/command-line/dist/main.cjs');
const run = promisify(execFile);
const modified = async (file: string) => (await stat(file)).mtimeMs;

beforeAll(() => run(launcher, ['__complete', '--', '']));

test('a source that is newer makes the launcher build the bundle anew, and only then', async () => {
  const before = await modified(bundle);
  await run(launcher, ['__complete', '--', '']);
  expect(await modified(bundle)).toBe(before);
  const now = new Date();
  await utimes(join(root, 'packages/contracts/src/units.ts'), now, now);
  const { stdout } = await run(launcher, ['__complete', '--', 'insta']);
  expect(stdout).toContain('instance');
  expect(await modified(bundle)).toBeGreaterThan(before);
});

test('listing loads neither schemas nor what is slow to load', async () => {
  expect(await readFile(bundle, 'utf8')).not.toContain('$ZodType');
  const spy = join(tmpdir(), `zhiyun-loaded-${process.pid}.cjs`);
  await writeFile(spy, `process.once('exit', () => process.stderr.write(process.moduleLoadList.join('\\n')));`);
  const env = { PATH: process.env.PATH, XDG_CONFIG_HOME: '/nonexistent', ZHIYUN_HOME: '/nonexistent' };
  const options = { env, maxBuffer: 10 * 2 ** 20 };
  const failed = run(process.execPath, ['--require', spy, bundle, 'instance', 'list', '--lang', 'en'], options);
  const { stderr } = await failed.catch((error: { stderr: string }) => error);
  expect(stderr).toContain('no platform with a gateway has run there');
  expect(stderr).toContain('NativeModule https');
  // `fetch` and all that comes with it takes as long as everything else together.
  expect(stderr).not.toContain('internal/deps/undici');
  expect(stderr).not.toContain('NativeModule child_process');
});
