import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readBootId } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { isAlive, killProcess, readStartTime } from './process-identity.ts';

test('a process is alive until it is killed, and another with its pid is not it', async () => {
  const child = spawn('sleep', ['60']);
  const pid = child.pid ?? 0;
  const startTimeTicks = (await readStartTime(pid)) ?? 0;
  const handle = { pid, startTimeTicks, bootId: await readBootId() };
  const other = { ...handle, startTimeTicks: startTimeTicks - 1 };
  expect(await isAlive(handle)).toBe(true);
  expect(await isAlive(other)).toBe(false);

  await killProcess(other);
  expect(await isAlive(handle)).toBe(true);
  const exit = once(child, 'exit');
  await killProcess(handle);
  expect(await exit).toEqual([null, 'SIGKILL']);
  expect(await isAlive(handle)).toBe(false);
});
