import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isRunning, parseProcessStat, readProcessStat } from './process-stat.ts';

const text = '812 (odd) name (x) S 1 812 812 0 -1 4194560 93 0 0 0 7 5 3 2 20 0 1 0 55443 9 9 0';

test('the name of the program may hold spaces and brackets', () => {
  expect(parseProcessStat(text)).toEqual({
    state: 'S',
    parentPid: 1,
    cpuTicks: 12,
    childCpuTicks: 5,
    startTicks: '55443',
  });
});

test('this process runs and is the parent of what it starts; one that has ended does not run', async () => {
  expect(await isRunning(process.pid)).toBe(true);
  const child = spawn('sleep', ['60']);
  expect(await readProcessStat(child.pid as number)).toMatchObject({ parentPid: process.pid });
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await isRunning(child.pid as number)).toBe(false);
});
