/** A Storage Server for tests: keeps how many bytes there are, not the bytes. A test says what the next check finds. */
import { buffer } from 'node:stream/consumers';
import { type ImageId, TiB } from '@zhiyun/contracts';
import { type CheckedImage, storageServerLink } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { LinkHandlers, Member, MemoryDomain, WorkContext } from '@zhiyun/link';

export const testSha256 = 'a'.repeat(64);

export class TestStorage {
  readonly member: Member;
  /** Bytes that have arrived, per upload or image. */
  readonly held = new Map<ImageId, number>();
  freeBytes = 1 * TiB;
  /** The next check finds this wrong. */
  refusal: PlatformError | undefined;
  /** Checks wait for this before they find anything. */
  delay: Promise<unknown> = Promise.resolve();

  constructor(domain: MemoryDomain, name = 'storage-1') {
    this.member = domain.join({ type: 'storage-server', name });
    this.member.serve(storageServerLink, this.#handlers());
  }

  #handlers(): LinkHandlers<typeof storageServerLink> {
    const storage = this;
    async function check(imageId: ImageId, sizeBytes: number, { progress }: WorkContext): Promise<CheckedImage> {
      progress(0.5);
      await storage.delay;
      const { refusal } = storage;
      storage.refusal = undefined;
      if (refusal) throw refusal;
      storage.held.set(imageId, sizeBytes);
      return { format: 'qcow2', sizeBytes, virtualSizeBytes: sizeBytes * 2, sha256: testSha256 };
    }
    return {
      async openUpload({ imageId }) {
        if (storage.refusal) throw storage.refusal;
        storage.held.set(imageId, storage.held.get(imageId) ?? 0);
        return {};
      },
      async uploadOffset({ imageId }) {
        const offsetBytes = storage.held.get(imageId);
        if (offsetBytes === undefined) throw new PlatformError('not-found', 'There is no such upload.');
        return { offsetBytes };
      },
      checkUpload: ({ imageId }, work) => check(imageId, storage.held.get(imageId) ?? 0, work),
      importFile: ({ imageId }, work) => check(imageId, 1_000, work),
      async removeImage({ imageId }) {
        storage.held.delete(imageId);
        return {};
      },
      listImages: async () => ({ images: [...storage.held.keys()], uploads: [], freeBytes: storage.freeBytes }),
      offerImage: async ({ imageId }) => ({ ticket: imageId }),
      readOffered: () => Promise.reject(new PlatformError('not-found', 'There are no bytes here.')),
      /** As where they cannot reach each other: then bytes pass through the Control Server. */
      fetchImage: () => Promise.reject(new PlatformError('storage-unreachable', 'There is no way.')),
      readImageData: () => Promise.reject(new PlatformError('not-found', 'There is no such method.')),
      imageFile: () => Promise.reject(new PlatformError('not-found', 'There is no such method.')),
      async readImage({ imageId, offsetBytes }, bytes) {
        const sizeBytes = storage.held.get(imageId);
        if (sizeBytes === undefined) throw new PlatformError('not-found', 'There is no such image.');
        bytes.end(Buffer.alloc(sizeBytes - offsetBytes));
      },
      async receiveImage({ image }, bytes) {
        if (storage.held.has(image.id)) return;
        if (storage.freeBytes < image.sizeBytes) throw new PlatformError('disk-full', 'The disk is full.');
        const { length } = await buffer(bytes);
        if (length !== image.sizeBytes) throw new PlatformError('checksum-mismatch', 'These are other bytes.');
        storage.held.set(image.id, length);
      },
    };
  }
}
