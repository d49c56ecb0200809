import { createInstanceSchema, GiB, nameSchema } from '@zhiyun/contracts';
import { expect, it } from 'vitest';
import { type CreateValues, createFieldOf, diskBytesFor, suggestName, toCreateInstance } from './create-form.ts';

const values: CreateValues = {
  name: ' web-1 ',
  computePool: 'pool',
  source: 'disk',
  image: 'debian',
  cores: 2,
  memoryBytes: 4 * GiB,
  diskBytes: 20 * GiB,
  start: true,
};

it('makes the request of each source', () => {
  const common = { name: 'web-1', computePool: 'pool', cores: 2, memoryBytes: 4 * GiB, start: true };
  expect(toCreateInstance(values)).toEqual({ ...common, disks: [{ sizeBytes: 20 * GiB, image: 'debian' }] });
  expect(toCreateInstance({ ...values, source: 'iso' })).toEqual({
    ...common,
    disks: [{ sizeBytes: 20 * GiB }],
    iso: 'debian',
  });
  expect(toCreateInstance({ ...values, source: 'blank' })).toEqual({ ...common, disks: [{ sizeBytes: 20 * GiB }] });
  expect(createInstanceSchema.safeParse(toCreateInstance(values)).success).toBe(true);
});

it('suggests names that the platform takes', () => {
  for (const name of ['debian-13-cloud', '银河麒麟 V10', '...', '', 'x'.repeat(63)]) {
    const suggested = suggestName({ name });
    expect(nameSchema.safeParse(suggested).success, suggested).toBe(true);
  }
  expect(suggestName({ name: 'debian-13-cloud' }, () => 0)).toBe('debian-aaaa');
  expect(suggestName(undefined, () => 0)).toBe('vm-aaaa');
});

it('makes the disk large enough for its image, in whole GiB', () => {
  expect(diskBytesFor(undefined)).toBe(10 * GiB);
  expect(diskBytesFor({ virtualSizeBytes: 3 * GiB })).toBe(10 * GiB);
  expect(diskBytesFor({ virtualSizeBytes: 20 * GiB + 1 })).toBe(21 * GiB);
});

it('knows the field of every path of the request', () => {
  const paths = ['name', 'cores', 'memoryBytes', 'computePool', 'iso', 'disks.0.image', 'disks.0.sizeBytes', 'disks'];
  expect(paths.map(createFieldOf)).toEqual([
    'name',
    'cores',
    'memoryBytes',
    'computePool',
    'image',
    'image',
    'diskBytes',
    'diskBytes',
  ]);
  expect(createFieldOf('owner')).toBeUndefined();
});
