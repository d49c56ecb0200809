/**
 * Resource limits of one machine, as files of its control group. Pure. The guest alone never reaches them: they contain
 * a QEMU that leaks or was taken over by its guest.
 */
import { GiB, MiB } from '@zhiyun/contracts';
import type { Controller, Hierarchies } from './hierarchies.ts';

export interface CgroupLimits {
  memoryBytes: number;
  /** How many cores' time. */
  cores: number;
}

export interface LimitFile {
  controller: Controller;
  file: string;
  value: string;
}

/**
 * Bounds threads: one per virtual CPU and up to 64 for disk I/O are normal; a hostile machine must not exhaust the
 * process table.
 */
const mostThreads = 512;
const periodMicroseconds = 100_000;

export function limitFiles(version: Hierarchies['version'], { memoryBytes, cores }: CgroupLimits): LimitFile[] {
  const quota = Math.round(cores * periodMicroseconds);
  const pids: LimitFile = { controller: 'pids', file: 'pids.max', value: String(mostThreads) };
  if (version === 'v2')
    return [
      pids,
      { controller: 'memory', file: 'memory.max', value: String(memoryBytes) },
      { controller: 'cpu', file: 'cpu.max', value: `${quota} ${periodMicroseconds}` },
    ];
  return [
    pids,
    { controller: 'memory', file: 'memory.limit_in_bytes', value: String(memoryBytes) },
    { controller: 'cpu', file: 'cpu.cfs_period_us', value: String(periodMicroseconds) },
    { controller: 'cpu', file: 'cpu.cfs_quota_us', value: String(quota) },
  ];
}

/**
 * Limits of a machine: its guest's memory and cores plus QEMU's overhead. Translated code of an emulated guest takes up
 * to 1 GiB; page cache of its disks counts too, but is reclaimable.
 */
export function machineLimits(guest: { memoryBytes: number; cores: number }, accelerator: 'kvm' | 'tcg'): CgroupLimits {
  const translatedCode = accelerator === 'tcg' ? GiB : 0;
  return {
    memoryBytes: Math.ceil(guest.memoryBytes * 1.03) + 768 * MiB + translatedCode,
    // One more for the threads that serve its devices.
    cores: guest.cores + 1,
  };
}

/** Count of OOM kills in the group, from `memory.oom_control` or `memory.events`. */
export function parseOutOfMemoryKills(text: string): number {
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
}

export const outOfMemoryFile = { v1: 'memory.oom_control', v2: 'memory.events', none: '' } as const;
