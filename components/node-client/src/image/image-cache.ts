/**
 * Image cache of this node. A file gets its final name only when complete and verified by checksum; until then it is
 * `<id>.part`, and an interrupted fetch resumes. Concurrent requests for one image share one fetch (single-flight).
 */
import { constants, existsSync } from 'node:fs';
import { chmod, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { type ImageId, isUuid, say } from '@zhiyun/contracts';
import type { NodeImage } from '@zhiyun/contracts/links';
import { type Backoff, type Clock, Emitter, type Logger, PlatformError, retry, syncDirectory } from '@zhiyun/kernel';
import { FileHash, SparseWriter } from '@zhiyun/service';
import { fileFault, requireFreeBytes } from '../files/file-errors.ts';
import type { NodePaths } from '../paths.ts';
import type { ImageSink, ImageSource } from './image-source.ts';
import { linkImage } from './link-image.ts';

export interface ImageCache {
  /** Resolves when the image is in the cache. `onProgress` gets 0 to 1. */
  ensure(image: NodeImage, options: { signal: AbortSignal; onProgress?: (fraction: number) => void }): Promise<void>;
  /** Evicts it, complete or partial. Idempotent. */
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
/** Consecutive attempts without progress before giving up: about ten seconds. */
const maxVainTries = 6;
/** Throttles progress: smaller steps are not reported. */
const progressStep = 0.005;

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
      if (!(await linkLocal(image, path, progress, signal))) {
        await fetchBytes(image, part, progress, signal);
        await chmod(part, 0o444);
        await rename(part, path);
      }
      await rm(part, { force: true });
      await syncDirectory(paths.images);
    } catch (error) {
      throw await fileFault(signal.aborted ? signal.reason : error, part, image.sizeBytes - (await sizeOf(part)));
    }
    log.info(
      { imageId: image.id, bytes: image.sizeBytes, ms: Math.round(clock.monotonicMs() - started) },
      'Image fetched',
    );
  }

  async function linkLocal(
    image: NodeImage,
    path: string,
    progress: Emitter<number>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const local = await source.localFile(image.id, signal);
    return local !== undefined && linkImage(image, local, path, { signal, onProgress: (done) => progress.emit(done) });
  }

  async function fetchBytes(
    image: NodeImage,
    part: string,
    progress: Emitter<number>,
    signal: AbortSignal,
  ): Promise<void> {
    let vain = 0;
    await retry(
      async () => {
        const before = await sizeOf(part);
        try {
          await receive(image, part, before, progress, signal);
        } catch (error) {
          if (error instanceof PlatformError && error.code === 'checksum-mismatch') await rm(part, { force: true });
          vain = (await sizeOf(part)) > before ? 0 : vain + 1;
          throw error;
        }
      },
      { clock, backoff, signal, again: (error) => isTransient(error) && vain < maxVainTries },
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
    await using file = await open(part, constants.O_RDWR | constants.O_CREAT, 0o600);
    using hash = new FileHash(file);
    const writer = new SparseWriter(file, resumeAt);
    hash.upTo(resumeAt);
    try {
      if (resumeAt < image.sizeBytes) {
        const sink = sinkOf(image, writer, hash, progress, signal);
        await source.read(image.id, sink, signal);
      }
    } finally {
      // What has come is where the next try begins.
      await writer.flush();
    }
    await file.sync();
    if (writer.end < image.sizeBytes) {
      throw new PlatformError(
        'storage-unreachable',
        say('node.image-broke-off', { image: image.id, arrived: writer.end, total: image.sizeBytes }),
      );
    }
    hash.upTo(writer.end);
    const sha256 = await hash.digest();
    if (sha256 !== image.sha256) throw otherContent(image, `with ${writer.end} bytes and SHA-256 ${sha256}`);
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
      fetch?.abort.abort(new PlatformError('cancelled', say('node.image-being-forgotten', { image: imageId })));
      await fetch?.done.catch(() => {});
      await rm(paths.image(imageId), { force: true });
      for (const unfinished of ['part', 'linked']) await rm(`${paths.image(imageId)}.${unfinished}`, { force: true });
    },

    list: async () => (await readdir(paths.images)).filter(isUuid) as ImageId[],
  };
}

/** Errors worth a retry, bounded by `maxVainTries`. */
function isTransient(error: unknown): boolean {
  return error instanceof PlatformError
    ? ['storage-unreachable', 'unavailable', 'timeout'].includes(error.code)
    : !(error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'));
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** Refuses what is too much before it is written. */
function sinkOf(
  image: NodeImage,
  writer: SparseWriter,
  hash: FileHash,
  progress: Emitter<number>,
  signal: AbortSignal,
): ImageSink {
  let told = writer.end / image.sizeBytes;
  const came = (end: number) => {
    signal.throwIfAborted();
    if (end > image.sizeBytes) throw otherContent(image, `with more than ${image.sizeBytes} bytes`);
  };
  const tell = () => {
    hash.upTo(writer.written);
    const fraction = writer.end / image.sizeBytes;
    if (fraction < told + progressStep && fraction < 1) return;
    told = fraction;
    progress.emit(fraction);
  };
  return {
    get end() {
      return writer.end;
    },
    async write(piece) {
      came(writer.end + piece.length);
      await writer.write(piece);
      tell();
    },
    async skipTo(position) {
      came(position);
      await writer.skipTo(position);
      tell();
    },
  };
}

function otherContent(image: NodeImage, how: string): PlatformError {
  return new PlatformError(
    'checksum-mismatch',
    `Image ${image.id} arrived ${how}, not with ${image.sizeBytes} bytes and ${image.sha256}. Upload it again.`,
  );
}
