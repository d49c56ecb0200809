/**
 * Uploads of this page, in the background of whatever page is shown. The bytes go to the image's `uploadUrl` by tus, which asks
 * first how much has arrived: so pausing, a cut line and a reload of the page all end the same way, by going on from there.
 */
import type { Image } from '@zhiyun/contracts';
import { useSyncExternalStore } from 'react';
import type { UploadOptions } from 'tus-js-client';
import { neverReloadWhile } from '../../util/load-chunk.ts';
import { holdImage } from './upload-locks.ts';

export type UploadState = 'sending' | 'paused' | 'failed';

export interface UploadProgress {
  imageId: string;
  name: string;
  state: UploadState;
  sent: number;
  total: number;
  bytesPerSecond: number;
  error: unknown;
}

/** What we use of a tus upload. */
export interface TusUpload {
  start(): void;
  abort(): Promise<void>;
}
export type OpenUpload = (file: File, options: UploadOptions) => Promise<TusUpload>;

/** Holds the image for this page, so that no other page of this browser sends to it; undefined where another does. */
export type HoldImage = (imageId: string) => Promise<(() => void) | undefined>;

interface Entry {
  progress: UploadProgress;
  release: () => void;
  upload: TusUpload | undefined;
  /** For the speed: when and how much at the last measure. */
  measured: { at: number; sent: number };
}

const chunkBytes = 64 * 1024 * 1024;
const retryDelays = [0, 1_000, 3_000, 5_000, 10_000, 20_000];
const measureMs = 1_000;

const openTus: OpenUpload = async (file, options) => {
  const { Upload } = await import('tus-js-client');
  return new Upload(file, options);
};

/** Another page of this browser uploads the image. */
export class UploadedElsewhere extends Error {}

export class Uploads {
  readonly #open: OpenUpload;
  readonly #hold: HoldImage;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<() => void>();
  #snapshot: ReadonlyMap<string, UploadProgress> = new Map();

  constructor(options: { open?: OpenUpload; hold?: HoldImage; now?: () => number } = {}) {
    this.#open = options.open ?? openTus;
    this.#hold = options.hold ?? holdImage;
    this.#now = options.now ?? Date.now;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly get = (): ReadonlyMap<string, UploadProgress> => this.#snapshot;

  /** Begins, or goes on with what this or an earlier page has begun. Resolves once the first request is under way. */
  async send(
    image: Pick<Image, 'id' | 'name' | 'uploadUrl' | 'uploadedBytes'>,
    file: File,
    onArrived: () => void,
  ): Promise<void> {
    if (image.uploadUrl === null) throw new Error(`The image ${image.name} waits for no upload`);
    if (this.#entries.has(image.id)) return;
    const release = await this.#hold(image.id);
    if (!release) throw new UploadedElsewhere(`Another page uploads the image ${image.name}`);
    const entry: Entry = {
      progress: {
        imageId: image.id,
        name: image.name,
        state: 'sending',
        sent: image.uploadedBytes,
        total: file.size,
        bytesPerSecond: 0,
        error: undefined,
      },
      release,
      upload: undefined,
      measured: { at: this.#now(), sent: image.uploadedBytes },
    };
    this.#entries.set(image.id, entry);
    this.#changed(entry, {});
    entry.upload = await this.#open(file, {
      // Of this page's own origin, whatever a proxy has made of it.
      uploadUrl: new URL(image.uploadUrl, 'https://console').pathname,
      chunkSize: chunkBytes,
      retryDelays,
      storeFingerprintForResuming: false,
      onProgress: (sent) => this.#progressed(entry, sent),
      onError: (error) => this.#changed(entry, { state: 'failed', bytesPerSecond: 0, error }),
      onSuccess: () => {
        this.forget(image.id);
        onArrived();
      },
    });
    if (entry.progress.state === 'sending') entry.upload.start();
  }

  async pause(imageId: string): Promise<void> {
    const entry = this.#entries.get(imageId);
    if (entry?.progress.state !== 'sending') return;
    this.#changed(entry, { state: 'paused', bytesPerSecond: 0 });
    await entry.upload?.abort();
  }

  resume(imageId: string): void {
    const entry = this.#entries.get(imageId);
    if (!entry || entry.progress.state === 'sending') return;
    entry.measured = { at: this.#now(), sent: entry.progress.sent };
    this.#changed(entry, { state: 'sending', error: undefined });
    entry.upload?.start();
  }

  /** Stops caring; what has arrived stays until the image is deleted. */
  forget(imageId: string): void {
    const entry = this.#entries.get(imageId);
    if (!entry) return;
    this.#entries.delete(imageId);
    entry.release();
    if (entry.progress.state === 'sending') void entry.upload?.abort().catch(() => undefined);
    this.#publish();
  }

  #progressed(entry: Entry, sent: number): void {
    const now = this.#now();
    const { at, sent: before } = entry.measured;
    const elapsed = now - at;
    if (elapsed < measureMs) {
      this.#changed(entry, { sent });
      return;
    }
    entry.measured = { at: now, sent };
    this.#changed(entry, { sent, bytesPerSecond: Math.max(0, ((sent - before) / elapsed) * 1_000) });
  }

  #changed(entry: Entry, change: Partial<UploadProgress>): void {
    entry.progress = { ...entry.progress, ...change };
    this.#publish();
  }

  #publish(): void {
    this.#snapshot = new Map([...this.#entries].map(([id, { progress }]) => [id, progress]));
    for (const listener of this.#listeners) listener();
  }
}

export const uploads = new Uploads();

export function useUploads(): ReadonlyMap<string, UploadProgress> {
  return useSyncExternalStore(uploads.subscribe, uploads.get);
}

// Leaving the page cuts the uploads; the browser asks first.
if (typeof window !== 'undefined') {
  const sending = () => [...uploads.get().values()].some(({ state }) => state === 'sending');
  neverReloadWhile(sending);
  window.addEventListener('beforeunload', (event) => {
    if (sending()) event.preventDefault();
  });
}
