/**
 * Files of one machine. `run/` belongs to the hypervisor's user and holds QEMU's sockets and screenshots. Everything
 * else belongs to the agent, so that a compromised QEMU cannot plant a link where the agent (root) reads or writes.
 */

import { constants } from 'node:fs';
import { chmod, chown, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { closeWay, openWay, wayTo } from './short-way.ts';

export interface HypervisorUser {
  uid: number;
  gid: number;
}

export interface MachineFiles {
  directory: string;
  run: string;
  /** To `run`, short enough for sockets. */
  way: string;
  monitor: string;
  serial: string;
  display: string;
  guestAgent: string;
  screenshot: string;
  log: string;
}

export function machineFiles(directory: string): MachineFiles {
  const run = join(directory, 'run');
  const way = wayTo(run, 'serial.sock');
  return {
    directory,
    run,
    way,
    monitor: join(way, 'qmp.sock'),
    serial: join(way, 'serial.sock'),
    display: join(way, 'vnc.sock'),
    guestAgent: join(way, 'agent.sock'),
    screenshot: join(run, 'screen.png'),
    log: join(directory, 'qemu.log'),
  };
}

/** Creates a fresh `run/` that only the hypervisor's user (null: the agent's own) and root can enter. */
export async function prepareMachineFiles(files: MachineFiles, user: HypervisorUser | null): Promise<void> {
  await removeRunFiles(files);
  await mkdir(files.run, { recursive: true, mode: 0o700 });
  await openWay(files.way, files.run);
  if (user === null) return;
  await chown(files.directory, process.getuid?.() ?? 0, user.gid);
  await chmod(files.directory, 0o710);
  await chown(files.run, user.uid, user.gid);
}

export async function removeRunFiles(files: MachineFiles): Promise<void> {
  await closeWay(files.way, files.run);
  await rm(files.run, { recursive: true, force: true });
}

/** QEMU repeats the option it complains about, and ours are long. */
const tailBytes = 16 * 1024;

/** The tail of QEMU's log, cleaned for people; null when empty. */
export async function readLastWords(files: MachineFiles): Promise<string | null> {
  const text = await readTail(files.log).catch(() => '');
  return lastWordsOf(text);
}

export function lastWordsOf(log: string): string | null {
  const lines = log
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/^\S+Z /, '').replace(/^qemu-system-\S+: /, ''))
    .filter((line) => !line.startsWith('warning: '))
    .map((line) => withoutHostPaths(line.replace(/^-blockdev \{.*\}: /, '')));
  return lines.length === 0 ? null : lines.slice(-4).join(' ').trim();
}

/** Removes host paths: users of an instance read this, and only the log may show them. */
function withoutHostPaths(line: string): string {
  return line.replace(/(?<![\w./])(?:\/[\w.@+-]+)+\/([\w.@+-]+)/g, '$1');
}

/** Whole lines only. */
async function readTail(path: string): Promise<string> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  const { size } = await file.stat();
  const start = Math.max(0, size - tailBytes);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(tailBytes), 0, tailBytes, start);
  const text = buffer.subarray(0, bytesRead).toString('utf8');
  return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
}
