import { GiB, MiB } from '@zhiyun/contracts';
import { expect, test } from 'vitest';
import { bytesOption, diskOption, durationOption, integerOption, rolesOption } from './options.ts';

test('sizes as people write them', () => {
  expect(bytesOption('512MiB')).toBe(512 * MiB);
  expect(bytesOption('1.5g')).toBe(1.5 * GiB);
  expect(bytesOption('4096')).toBe(4096);
  expect(() => bytesOption('big')).toThrow('Give a size like');
  expect(() => integerOption('1.5')).toThrow('whole number');
});

test('disks add up in the order given', () => {
  expect(diskOption('image=debian', diskOption('10GiB'))).toEqual([{ sizeBytes: 10 * GiB }, { image: 'debian' }]);
  expect(diskOption('10GiB,image=debian')).toEqual([{ sizeBytes: 10 * GiB, image: 'debian' }]);
});

test('durations as people write them, in seconds', () => {
  expect(['90', '30m', '2h', '1.5h', '7d'].map(durationOption)).toEqual([90, 1800, 7200, 5400, 604_800]);
  for (const text of ['', 'soon', '-1h', '1w', '1h30m']) expect(() => durationOption(text)).toThrow('30m, 2h or 7d');
});

test('roles in one word or several, each once', () => {
  expect(rolesOption('storage-server', rolesOption('node-client,storage-server'))).toEqual([
    'node-client',
    'storage-server',
  ]);
  expect(() => rolesOption('node-client,')).toThrow('Roles are');
});
