import { expect, test } from 'vitest';
import { findHierarchies } from './hierarchies.ts';

const v1Mounts = [
  'cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,cpu,cpuacct 0 0',
  'cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0',
  'cgroup /sys/fs/cgroup/blkio cgroup rw,blkio 0 0',
];
const v2Mount = 'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0';

test('v1: each controller where it is mounted, two of them on one mount', () => {
  const { version, mounts } = findHierarchies(v1Mounts.join('\n'), '');
  expect(version).toBe('v1');
  expect(Object.fromEntries(mounts)).toEqual({
    cpu: '/sys/fs/cgroup/cpu,cpuacct',
    cpuacct: '/sys/fs/cgroup/cpu,cpuacct',
    memory: '/sys/fs/cgroup/memory',
    blkio: '/sys/fs/cgroup/blkio',
  });
});

test('v2: the controllers its root offers, CPU time always', () => {
  const { version, mounts } = findHierarchies(v2Mount, 'cpuset cpu io memory pids\n');
  expect(version).toBe('v2');
  expect([...mounts.keys()].sort()).toEqual(['blkio', 'cpu', 'cpuacct', 'memory', 'pids']);
});

test('hybrid: the version that has the cpu controller', () => {
  const mountTable = [...v1Mounts, 'cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0'].join('\n');
  expect(findHierarchies(mountTable, 'hugetlb\n').version).toBe('v1');
});

test('no cpu controller anywhere: none', () => {
  expect(findHierarchies(v2Mount, 'hugetlb').version).toBe('none');
  expect(findHierarchies('proc /proc proc rw 0 0', '').version).toBe('none');
});
