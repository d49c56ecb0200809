import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@zhiyun/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';

let directory: string;
let dev: ChildProcess | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zhiyun-dev-'));
  // PostgreSQL, as its own user, must pass through.
  await chmod(directory, 0o711);
});
afterEach(async () => {
  // Only where the test has failed.
  dev?.kill('SIGKILL');
  for (const pid of await processes()) process.kill(Number(pid), 'SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

const program = join(import.meta.dirname, 'dev.ts');
const isMine = async (pid: string) =>
  (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(directory);
async function processes(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const mine = await Promise.all(pids.map(isMine));
  return pids.filter((_, index) => mine[index]);
}

test('Ctrl-C while the world starts leaves nothing: no process, no file', async () => {
  dev = spawn(process.execPath, [program, '--instances', '4', '--port', '0'], {
    // The terminal's Ctrl-C goes to all of a process group.
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, TMPDIR: directory },
  });
  const closed = once(dev, 'close');
  const place = () => globSync('zhiyun-world-*/*/control-server-place.json', { cwd: directory })[0];
  await waitFor(async () => place() && (await processes()).length > 0, { describe: 'a Control Server of its own' });
  process.kill(-(dev.pid ?? 0), 'SIGINT');
  await closed;
  expect(await processes()).toEqual([]);
  expect(await readdir(directory)).toEqual([]);
});
