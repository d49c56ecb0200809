import { expect, test } from 'vitest';
import { parseCpuTimes, parseDiskBytes, parseMemoryUsed, parseNetworkBytes } from './parse-proc.ts';

test('cpu time', () => {
  expect(parseCpuTimes('cpu  100 1 20 1000 50 2 3 4 60 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n')).toEqual({
    busy: 130,
    total: 1180,
  });
});

test('memory in use leaves out what the kernel can take back', () => {
  expect(parseMemoryUsed('MemTotal:        8000 kB\nMemFree:          100 kB\nMemAvailable:    6000 kB\n')).toBe(
    2000 * 1024,
  );
});

test('disks without their partitions', () => {
  const text =
    '   8  0 sda 10 0 100 5 20 0 200 9 0 0 0\n   8  1 sda1 10 0 100 5 20 0 200 9 0 0 0\n   7  0 loop0 9 0 9 0 0 0 0 0 0 0 0\n';
  expect(parseDiskBytes(text, new Set(['sda']))).toEqual({ read: 51_200, write: 102_400 });
});

test('physical interfaces only', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets
    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0
  eth0: 1000 5 0 0 0 0 0 0 300 4 0 0 0 0 0 0
eth1:2000 5 0 0 0 0 0 0 700 4 0 0 0 0 0 0
`;
  expect(parseNetworkBytes(text, new Set(['eth0', 'eth1']))).toEqual({ receive: 3000, transmit: 1000 });
});
