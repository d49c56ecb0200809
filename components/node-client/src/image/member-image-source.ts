/** Reads images from any online Storage Server that has them. */
import { type ImageId, say } from '@zhiyun/contracts';
import { storageServerLink } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { LinkClient, Member } from '@zhiyun/link';
import { readSparseStream } from '@zhiyun/service';
import type { ImageSink, ImageSource } from './image-source.ts';

type StorageServer = LinkClient<typeof storageServerLink>;

export function createMemberImageSource(member: Pick<Member, 'onlinePeers'>): ImageSource {
  /** Asks each Storage Server until one has it. Throws `storage-unreachable` when none does. */
  async function ofAny<T>(imageId: ImageId, ask: (storage: StorageServer) => Promise<T>): Promise<T> {
    let cause: unknown;
    let onlyAbsent = true;
    for (const peer of member.onlinePeers('storage-server')) {
      try {
        return await ask(peer.as(storageServerLink));
      } catch (error) {
        const isAbsent = error instanceof PlatformError && error.code === 'not-found';
        // One that has it and fails says more than one that has it not.
        if (!isAbsent || onlyAbsent) cause = error;
        onlyAbsent &&= isAbsent;
      }
    }
    if (onlyAbsent)
      throw new PlatformError('storage-unreachable', say('image.on-none-online', { image: imageId }), { cause });
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    throw new PlatformError('storage-unreachable', `Image ${imageId} could not be read${why}`, { cause });
  }

  return {
    localFile: (imageId, signal) =>
      ofAny(imageId, (storage) => storage.imageFile({ imageId }, { signal })).catch(() => undefined),

    async read(imageId, sink, signal) {
      const asked = { imageId, offsetBytes: sink.end };
      const open = await ofAny(imageId, (storage) => openData(storage, asked, signal));
      return open(sink);
    },
  };
}

type Asked = { imageId: ImageId; offsetBytes: number };

/** Opens the sparse stream; an older Storage Server sends holes as zeros. Resolves with the first answer. */
async function openData(
  storage: StorageServer,
  asked: Asked,
  signal: AbortSignal,
): Promise<(sink: ImageSink) => Promise<void>> {
  try {
    const pieces = await storage.readImageData(asked, { signal });
    pieces.end(); // We have nothing to say.
    return async (sink) => {
      const size = await readSparseStream(pieces, sink);
      if (size !== undefined) await sink.skipTo(size);
    };
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'not-found') throw error;
  }
  const bytes = await storage.readImage(asked, { signal });
  bytes.end();
  return async (sink) => {
    for await (const chunk of bytes as AsyncIterable<Buffer>) await sink.write(chunk);
  };
}
