import { createInstanceSchema, createInstancesSchema, GiB, nameSchema } from '@zhiyun/contracts';
import { expect, it } from 'vitest';
import {
  type CreateValues,
  createFieldOf,
  diskBytesFor,
  previewNames,
  ruleOf,
  suggestName,
  toCreateInstance,
  toCreateInstances,
} from './create-form.ts';

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

it('several are named by a rule, of which a preview is shown', () => {
  expect(ruleOf({ name: ' web ', count: 3 })).toBe('web-{n}');
  expect(ruleOf({ name: 'web-{n:03}', count: 3 })).toBe('web-{n:03}');
  expect(ruleOf({ name: 'web' })).toBe('web');
  expect(previewNames({ name: 'web', count: 20 })).toBe('web-1, web-2 … web-20');
  expect(previewNames({ name: 'web-{n:02}', count: 3 })).toBe('web-01, web-02, web-03');
  expect(previewNames({ name: 'web', count: 2 })).toBe('web-1, web-2');
  expect(previewNames({ name: 'web', count: 1 })).toBeUndefined();
  expect(previewNames({ name: '-{n}', count: 2 })).toBeUndefined();
  const values = {
    name: 'web',
    count: 20,
    source: 'blank',
    cores: 1,
    memoryBytes: GiB,
    diskBytes: GiB,
    start: true,
  } as const;
  const body = toCreateInstances(values);
  expect(body).toMatchObject({ count: 20, nameRule: 'web-{n}', cores: 1 });
  expect(createInstancesSchema.safeParse(body).success).toBe(true);
  expect(createFieldOf('nameRule')).toBe('name');
});
