/**
 * `zhiyun instance list` from the shell to the last byte, through launcher, TLS, gateway and Control Server: median ≤ 150 ms. Named
 * baselines, in the same run and interleaved: `node -e 0`, below which no program on this runtime can be, and `virsh list` of libvirt's
 * test driver where it is installed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemClock } from '@zhiyun/kernel';
import { startPlatform } from '../../system-tests/src/platform.ts';
import { judge, line, percentile } from './statistics.ts';

const rounds = 30;
const launcher = resolve(import.meta.dirname, '../../zhiyun');
const virsh = '/usr/bin/virsh';

await using platform = await startPlatform();
const env = { ...process.env, ZHIYUN_HOME: platform.home, XDG_CONFIG_HOME: join(platform.home, 'user') };

async function timed(program: string, args: readonly string[]): Promise<number> {
  const started = systemClock.monotonicMs();
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.resume();
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
  return systemClock.monotonicMs() - started;
}

const commands: Record<string, readonly [program: string, ...args: string[]]> = {
  'zhiyun instance list': [launcher, 'instance', 'list'],
  'node -e 0': [process.execPath, '-e', '0'],
};
try {
  accessSync(virsh);
  commands['virsh list'] = [virsh, '--connect', 'test:///default', 'list', '--all'];
} catch {
  console.log('virsh is not installed (package libvirt-clients): measured without it');
}

const times = new Map<string, number[]>(Object.keys(commands).map((name) => [name, []]));
for (let round = -2; round < rounds; round++) {
  for (const [name, [program, ...args]] of Object.entries(commands)) {
    const ms = await timed(program, args);
    // The first two only warm up.
    if (round >= 0) times.get(name)?.push(ms);
  }
}
for (const [name, measured] of times) console.log(line(name, measured, 'ms'));
const median = percentile(times.get('zhiyun instance list') ?? [], 0.5);
const met = judge('zhiyun instance list, median in ms', median, '≤ 150', median <= 150);
process.exitCode = met ? 0 : 1;
