/** What the first release kept in a Storage Server's home, `golden/`, is still an image and an upload half done. */
import { copyFile, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageId } from '@zhiyun/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ImageFiles } from './image-files.ts';
import { UploadStore } from './upload/upload-store.ts';

const golden = join(import.meta.dirname, 'golden');
const image = '01a22106-f57c-73ea-bff3-70193dd7ef1b' as ImageId;
const upload = '01a22109-4a3d-77ff-acaa-cd9ac69a7d45' as ImageId;
const arrived = 10_000_000;

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'zhiyun-storage-'));
  const directory = join(home, 'storage-server');
  for (const name of ['images', 'records', 'uploads']) await mkdir(join(directory, name), { recursive: true });
  await writeFile(join(directory, 'images', image), '');
  await copyFile(join(golden, 'image-record.json'), join(directory, 'records', `${image}.json`));
  await writeFile(join(directory, 'uploads', upload), '');
  await truncate(join(directory, 'uploads', upload), arrived);
  await copyFile(join(golden, 'upload.json'), join(directory, 'uploads', `${upload}.json`));
});
afterEach(() => rm(home, { recursive: true }));

test('they are read', async () => {
  const files = new ImageFiles(home);
  await files.open();
  expect(await files.record(image)).toMatchObject({
    outcome: 'image',
    image: { format: 'qcow2', sizeBytes: 21_168_128 },
  });
  expect(await files.listUploads()).toEqual([upload]);
  const uploads = new UploadStore(files.uploads);
  expect(await uploads.status(upload)).toEqual({ offsetBytes: arrived, sizeBytes: 21_168_128 });
});

test('a record of a newer release does not keep the server from starting, and stays as it is', async () => {
  const path = join(home, 'storage-server/records', `${image}.json`);
  const newer = '{"version": 2, "outcome": "two images"}';
  await writeFile(path, newer);
  const files = new ImageFiles(home);
  await files.open();
  expect(await readFile(path, 'utf8')).toBe(newer);
  await expect(files.record(image)).rejects.toMatchObject({ code: 'newer-version' });
});
