import { GiB, MiB } from '@zhiyun/contracts';
import { expect, test } from 'vitest';
import { limitFiles, machineLimits, parseOutOfMemoryKills } from './limits.ts';

test('the same limits in both versions of control groups', () => {
  const limits = { memoryBytes: 2 * GiB, cores: 1.5 };
  const text = (version: 'v1' | 'v2') =>
    limitFiles(version, limits).map(({ controller, file, value }) => `${controller}/${file}=${value}`);
  expect(text('v1')).toEqual([
    'pids/pids.max=512',
    'memory/memory.limit_in_bytes=2147483648',
    'cpu/cpu.cfs_period_us=100000',
    'cpu/cpu.cfs_quota_us=150000',
  ]);
  expect(text('v2')).toEqual(['pids/pids.max=512', 'memory/memory.max=2147483648', 'cpu/cpu.max=150000 100000']);
});

test('a guest that uses all it was given stays below them, and an emulated one has room for its code', () => {
  for (const memoryBytes of [32 * MiB, 512 * MiB, 64 * GiB, 1024 * GiB])
    for (const accelerator of ['kvm', 'tcg'] as const) {
      const limits = machineLimits({ memoryBytes, cores: 2 }, accelerator);
      expect(limits.memoryBytes).toBeGreaterThan(memoryBytes + 512 * MiB + (accelerator === 'tcg' ? GiB : 0));
      expect(limits.memoryBytes).toBeLessThan(memoryBytes * 1.05 + 2 * GiB);
      expect(limits.cores).toBe(3);
    }
});

test('kills for want of memory are counted in both versions', () => {
  expect(parseOutOfMemoryKills('oom_kill_disable 0\nunder_oom 0\noom_kill 2\n')).toBe(2);
  expect(parseOutOfMemoryKills('low 0\nhigh 0\nmax 7\noom 1\noom_kill 1\noom_group_kill 0\n')).toBe(1);
  expect(parseOutOfMemoryKills('')).toBe(0);
});
