import { imageIdSchema } from '@zhiyun/contracts';
import type { UploadOptions } from 'tus-js-client';
import { beforeEach, expect, it, vi } from 'vitest';
import { UploadedElsewhere, Uploads } from './uploads.ts';

const image = {
  id: imageIdSchema.parse('01930000-0000-7004-8000-000000000001'),
  name: 'debian',
  uploadUrl: '/api/v1/images/image-1/content',
  uploadedBytes: 10,
};
const file = new File([new Uint8Array(100)], 'debian.iso');

let options: UploadOptions;
let holder: string | undefined;
let clock: number;
const tus = { start: vi.fn(), abort: vi.fn(async () => {}) };
const arrived = vi.fn();
let uploads: Uploads;
const progress = () => uploads.get().get(image.id);

beforeEach(async () => {
  vi.clearAllMocks();
  clock = 0;
  holder = undefined;
  uploads = new Uploads({
    now: () => clock,
    async hold(id) {
      if (holder !== undefined) return undefined;
      holder = id;
      return () => {
        holder = undefined;
      };
    },
    async open(_file, given) {
      options = given;
      return tus;
    },
  });
  await uploads.send(image, file, arrived);
});

it('sends to the address of the image, from where it is', () => {
  expect(options.uploadUrl).toBe(image.uploadUrl);
  expect(tus.start).toHaveBeenCalledOnce();
  expect(progress()).toMatchObject({ state: 'sending', sent: 10, total: 100 });
});

it('sends an image once, however often it is asked to', async () => {
  await uploads.send(image, file, arrived);
  expect(tus.start).toHaveBeenCalledOnce();
});

it('measures the speed over a second or more', () => {
  clock = 500;
  options.onProgress?.(20, 100);
  expect(progress()).toMatchObject({ sent: 20, bytesPerSecond: 0 });
  clock = 2_000;
  options.onProgress?.(50, 100);
  expect(progress()).toMatchObject({ sent: 50, bytesPerSecond: 20 });
});

it('pauses and goes on', async () => {
  await uploads.pause(image.id);
  expect(tus.abort).toHaveBeenCalledOnce();
  expect(progress()?.state).toBe('paused');
  uploads.resume(image.id);
  expect(tus.start).toHaveBeenCalledTimes(2);
  expect(progress()?.state).toBe('sending');
});

it('keeps a failed upload, to be tried again', () => {
  options.onError?.(new TypeError('cut'));
  expect(progress()).toMatchObject({ state: 'failed', bytesPerSecond: 0 });
  uploads.resume(image.id);
  expect(progress()).toMatchObject({ state: 'sending', error: undefined });
});

it('forgets what has arrived, and tells', () => {
  const listener = vi.fn();
  uploads.subscribe(listener);
  options.onSuccess?.({} as never);
  expect(arrived).toHaveBeenCalledOnce();
  expect(progress()).toBeUndefined();
  expect(listener).toHaveBeenCalled();
});

it('refuses an image that waits for nothing', async () => {
  await expect(uploads.send({ ...image, uploadUrl: null }, file, arrived)).rejects.toThrow('waits for no upload');
});

it('leaves an image alone that another page uploads, and lets go of its own once it has arrived', async () => {
  expect(holder).toBe(image.id);
  options.onSuccess?.({} as never);
  expect(holder).toBeUndefined();
  holder = 'another page';
  await expect(uploads.send(image, file, arrived)).rejects.toThrow(UploadedElsewhere);
  expect(progress()).toBeUndefined();
});
