/**
 * What a machine may take of its node at most, as files of its control group. Pure. A guest cannot take more than it was given;
 * the limits are for a QEMU that leaks or was taken over by its guest: the others and the node itself are not to feel it.
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

/** A machine has a thread per virtual CPU and up to 64 for disk I/O; a hostile one must not use up the host's process table. */
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
 * Of a machine: its guest's memory and cores, and what QEMU needs beside. An emulated guest's translated code takes up to
 * 1 GiB; the pages of its disks that the kernel keeps count, too, but those it gives back.
 */
export function machineLimits(guest: { memoryBytes: number; cores: number }, accelerator: 'kvm' | 'tcg'): CgroupLimits {
  const translatedCode = accelerator === 'tcg' ? GiB : 0;
  return {
    memoryBytes: Math.ceil(guest.memoryBytes * 1.03) + 768 * MiB + translatedCode,
    // One more for the threads that serve its devices.
    cores: guest.cores + 1,
  };
}

/** How often something in the group was killed because it wanted more memory: `memory.oom_control` or `memory.events`. */
export function parseOutOfMemoryKills(text: string): number {
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
}

export const outOfMemoryFile = { v1: 'memory.oom_control', v2: 'memory.events', none: '' } as const;
