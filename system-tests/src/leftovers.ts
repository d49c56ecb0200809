/** What instances of one home leave on a machine: processes, taps, directories, cgroups. Empty when nothing is left. */
import { glob, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Command lines of running processes that contain `text`. */
export async function processesWith(text: string): Promise<{ pid: number; command: string }[]> {
  const found: { pid: number; command: string }[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(text)) found.push({ pid: Number(entry), command: command.replaceAll('\0', ' ') });
  }
  return found;
}

export async function qemuProcesses(home: string): Promise<{ pid: number; command: string }[]> {
  return (await processesWith(home)).filter(({ command }) => /^\S*qemu-system/.test(command));
}

/** Paths under the home, and of cgroups, that name an instance. */
export async function tracesOf(home: string, instanceId: string): Promise<string[]> {
  const traces = (await qemuProcesses(home))
    .filter(({ command }) => command.includes(instanceId))
    .map(({ pid }) => `process ${pid}`);
  for await (const path of glob(`**/*${instanceId}*`, { cwd: join(home, 'node-client') })) traces.push(path);
  for await (const path of glob(`/sys/fs/cgroup/**/zhiyun/${instanceId}`)) traces.push(path);
  return traces;
}
