import { GiB, MiB } from '@zhiyun/contracts';
import { expect, test } from 'vitest';
import { bytesOption, diskOption, integerOption } from './options.ts';

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
