/**
 * Images this node has fetched. A file appears under its final name only when it is whole and its checksum is right; until
 * then it is `<id>.part`, and a fetch that was cut goes on where it ended. Several who want one image share one fetch.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, open, readdir, rename, rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type ImageId, isUuid } from '@zhiyun/contracts';
import type { NodeImage } from '@zhiyun/contracts/links';
import { type Backoff, type Clock, Emitter, type Logger, PlatformError, retry } from '@zhiyun/kernel';
import { fileFault, requireFreeBytes } from '../files/file-errors.ts';
import { syncDirectory } from '../files/sync.ts';
import type { NodePaths } from '../paths.ts';

/** The bytes of an image from an offset on; `storage-unreachable` when nobody has them now. */
export type ImageSource = (imageId: ImageId, offsetBytes: number, signal: AbortSignal) => Promise<Readable>;

export interface ImageCache {
  /** Resolves when the image lies in the cache. `onProgress` gets 0 to 1. */
  ensure(image: NodeImage, options: { signal: AbortSignal; onProgress?: (fraction: number) => void }): Promise<void>;
  /** Drops it, fetched or half fetched. Unknown: done already. */
  remove(imageId: ImageId): Promise<void>;
  list(): Promise<ImageId[]>;
}

interface Fetch {
  done: Promise<void>;
  progress: Emitter<number>;
  waiters: number;
  abort: AbortController;
}

const backoff: Backoff = { firstMs: 200, maxMs: 3_000 };
/** Tries in a row that bring no byte before we give up: about ten seconds. */
const maxVainTries = 6;

export function createImageCache(options: {
  paths: NodePaths;
  source: ImageSource;
  clock: Clock;
  log: Logger;
}): ImageCache {
  const { paths, source, clock, log } = options;
  const fetches = new Map<ImageId, Fetch>();

  function startFetch(image: NodeImage): Fetch {
    const abort = new AbortController();
    const progress = new Emitter<number>();
    const done = fetchImage(image, progress, abort.signal).finally(() => fetches.delete(image.id));
    const fetch = { done, progress, waiters: 0, abort };
    fetches.set(image.id, fetch);
    return fetch;
  }

  async function fetchImage(image: NodeImage, progress: Emitter<number>, signal: AbortSignal): Promise<void> {
    const path = paths.image(image.id);
    const part = `${path}.part`;
    const started = clock.monotonicMs();
    try {
      let vain = 0;
      await retry(
        async () => {
          const before = await sizeOf(part);
          try {
            await receive(image, part, before, progress, signal);
          } catch (error) {
            vain = (await sizeOf(part)) > before ? 0 : vain + 1;
            throw error;
          }
        },
        { clock, backoff, signal, again: (error) => isTransient(error) && vain < maxVainTries },
      );
      await chmod(part, 0o444);
      await rename(part, path);
      await syncDirectory(paths.images);
    } catch (error) {
      throw await fileFault(signal.aborted ? signal.reason : error, part, image.sizeBytes - (await sizeOf(part)));
    }
    log.info(
      { imageId: image.id, bytes: image.sizeBytes, ms: Math.round(clock.monotonicMs() - started) },
      'Image fetched',
    );
  }

  async function receive(
    image: NodeImage,
    part: string,
    resumeAt: number,
    progress: Emitter<number>,
    signal: AbortSignal,
  ): Promise<void> {
    await requireFreeBytes(part, image.sizeBytes - resumeAt);
    const hash = await hashOf(part, resumeAt);
    let received = resumeAt;
    const file = await open(part, 'a', 0o600);
    try {
      if (received < image.sizeBytes) {
        const bytes = await source(image.id, received, signal);
        for await (const chunk of bytes as AsyncIterable<Buffer>) {
          signal.throwIfAborted();
          await file.appendFile(chunk);
          hash.update(chunk);
          received += chunk.length;
          progress.emit(Math.min(1, received / image.sizeBytes));
        }
      }
      await file.sync();
    } finally {
      await file.close();
    }
    if (received < image.sizeBytes) {
      throw new PlatformError(
        'storage-unreachable',
        `Image ${image.id} broke off after ${received} of ${image.sizeBytes} bytes.`,
      );
    }
    const sha256 = hash.digest('hex');
    if (received === image.sizeBytes && sha256 === image.sha256) return;
    await rm(part, { force: true });
    throw new PlatformError(
      'checksum-mismatch',
      `Image ${image.id} arrived with ${received} bytes and SHA-256 ${sha256}, not with ${image.sizeBytes} bytes and ${image.sha256}. Upload it again.`,
    );
  }

  return {
    async ensure(image, { signal, onProgress }) {
      signal.throwIfAborted();
      // One that everybody has given up is still closing its file.
      for (let fetch = fetches.get(image.id); fetch?.abort.signal.aborted; fetch = fetches.get(image.id)) {
        await fetch.done.catch(() => {});
      }
      if (existsSync(paths.image(image.id))) return;
      const fetch = fetches.get(image.id) ?? startFetch(image);
      using _progress = fetch.progress.on((fraction) => onProgress?.(fraction));
      const gaveUp = Promise.withResolvers<never>();
      const giveUp = () => gaveUp.reject(signal.reason);
      signal.addEventListener('abort', giveUp, { once: true });
      fetch.waiters += 1;
      try {
        await Promise.race([fetch.done, gaveUp.promise]);
      } finally {
        signal.removeEventListener('abort', giveUp);
        fetch.waiters -= 1;
        if (fetch.waiters === 0) fetch.abort.abort(signal.reason);
      }
    },

    async remove(imageId) {
      const fetch = fetches.get(imageId);
      fetch?.abort.abort(new PlatformError('cancelled', `Image ${imageId} is being forgotten.`));
      await fetch?.done.catch(() => {});
      await rm(paths.image(imageId), { force: true });
      await rm(`${paths.image(imageId)}.part`, { force: true });
    },

    list: async () => (await readdir(paths.images)).filter(isUuid) as ImageId[],
  };
}

/** Without a byte of progress even these end it: see `maxVainTries`. */
function isTransient(error: unknown): boolean {
  return error instanceof PlatformError
    ? ['storage-unreachable', 'unavailable', 'timeout'].includes(error.code)
    : !(error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'));
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** The state of the hash after the bytes that are there already. */
async function hashOf(path: string, bytes: number): Promise<Hash> {
  const hash = createHash('sha256');
  if (bytes > 0) for await (const chunk of createReadStream(path, { end: bytes - 1 })) hash.update(chunk);
  return hash;
}
