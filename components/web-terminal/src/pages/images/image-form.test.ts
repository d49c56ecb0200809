import { createImageSchema, importImageSchema, nameSchema } from '@zhiyun/contracts';
import { expect, it } from 'vitest';
import { imageFieldOf, kindOfFile, nameOfFile, toCreateImage, toImportImage } from './image-form.ts';

it('makes a name that the platform takes from a file name', () => {
  expect(nameOfFile('debian-13.1.0-amd64 (1).iso')).toBe('debian-13.1.0-amd64-1');
  expect(nameOfFile('C:\\images\\银河麒麟.qcow2')).toBe('银河麒麟');
  expect(nameOfFile('/srv/images/.hidden.raw')).toBe('hidden');
  expect(nameSchema.safeParse(nameOfFile(`${'长'.repeat(90)}.img`)).success).toBe(true);
});

it('tells ISOs from disks by name', () => {
  expect(kindOfFile('a.ISO')).toBe('iso');
  expect(kindOfFile('a.qcow2')).toBe('disk');
});

it('makes requests without empty fields', () => {
  const values = {
    way: 'upload',
    name: ' debian ',
    kind: 'iso',
    description: '',
    sha256: ` ${'AB'.repeat(32)} `,
  } as const;
  const upload = toCreateImage(values, 4096);
  expect(upload).toEqual({ name: 'debian', kind: 'iso', sha256: 'ab'.repeat(32), sizeBytes: 4096 });
  expect(createImageSchema.safeParse(upload).success).toBe(true);
  const imported = toImportImage({ ...values, way: 'import', path: ' /srv/a.iso ' });
  expect(importImageSchema.safeParse(imported).success).toBe(true);
});

it('knows the field of an error', () => {
  expect([imageFieldOf('sizeBytes'), imageFieldOf('sha256'), imageFieldOf('other')]).toEqual([
    'file',
    'sha256',
    undefined,
  ]);
});
