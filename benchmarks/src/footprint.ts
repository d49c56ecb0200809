/**
 * What the platform costs while nobody uses it, and how fast it is ready again: second `up` (goal ≤ 5 s), memory of its own
 * process (goal ≤ 350 MiB), idle share of a core (goal < 3 %). Named baseline: an empty Node.js HTTPS server in the same run.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { MiB } from '@zhiyun/contracts';
import { systemClock } from '@zhiyun/kernel';
import { startPlatform } from '../../system-tests/src/platform.ts';
import { judge } from './statistics.ts';

const idleSeconds = 30;
const ticksPerSecond = 100;

async function residentBytes(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Rss:\s+(\d+) kB/m.exec(rollup)?.[1]) * 1024;
}

async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function idleShare(pid: number): Promise<number> {
  const before = await cpuSeconds(pid);
  await systemClock.sleep(idleSeconds * 1000);
  return ((await cpuSeconds(pid)) - before) / idleSeconds;
}

const baseline = spawn(
  process.execPath,
  ['-e', "require('node:https').createServer({}).listen(0, '127.0.0.1', () => console.log('ready'))"],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
await once(baseline.stdout, 'data');
const platform = await startPlatform();
try {
  await platform.down();
  const started = systemClock.monotonicMs();
  await platform.zhiyun('up', '--listen', new URL(platform.url).host, '--detach', '--json');
  const readySeconds = (systemClock.monotonicMs() - started) / 1000;
  const { stdout } = await platform.zhiyun('status', '--json');
  const { pid } = JSON.parse(stdout) as { pid: number };
  const [share, baselineShare] = await Promise.all([idleShare(pid), idleShare(baseline.pid ?? 0)]);
  const [resident, baselineResident] = await Promise.all([residentBytes(pid), residentBytes(baseline.pid ?? 0)]);
  console.log(
    `ratio of memory to an empty Node.js HTTPS server: ${(resident / baselineResident).toFixed(2)} (${(baselineResident / MiB).toFixed(0)} MiB; its idle share ${(baselineShare * 100).toFixed(2)} %)`,
  );
  const met = [
    judge('seconds until ready, second up', readySeconds, '≤ 5', readySeconds <= 5),
    judge('MiB resident, idle', resident / MiB, '≤ 350', resident / MiB <= 350),
    judge('% of one core, idle', share * 100, '< 3', share * 100 < 3),
  ];
  process.exitCode = met.every(Boolean) ? 0 : 1;
} finally {
  baseline.kill();
  await platform[Symbol.asyncDispose]();
}
