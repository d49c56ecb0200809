/** Image bytes from whichever Storage Server is online and has them. */
import { storageServerLink } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import type { ImageSource } from './image-cache.ts';

export function createMemberImageSource(member: Member): ImageSource {
  return async (imageId, offsetBytes, signal) => {
    let cause: unknown;
    for (const peer of member.onlinePeers('storage-server')) {
      try {
        const bytes = await peer.as(storageServerLink).readImage({ imageId, offsetBytes }, { signal });
        bytes.end(); // We have nothing to say.
        return bytes;
      } catch (error) {
        cause = error;
      }
    }
    const why = cause instanceof Error ? `: ${cause.message}` : ' (no Storage Server is online)';
    throw new PlatformError('storage-unreachable', `Image ${imageId} could not be read${why}`, { cause });
  };
}
