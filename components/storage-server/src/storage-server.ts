/** The Storage Server (存储服务): stores images, and admits one only after inspecting it. */
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ImageId } from '@zhiyun/contracts';
import { storageServerLink } from '@zhiyun/contracts/links';
import type { Clock, Logger } from '@zhiyun/kernel';
import type { LinkHandlers, Member } from '@zhiyun/link';
import { type Component, sparseStream } from '@zhiyun/service';
import { dataRanges } from './backend/data-ranges.ts';
import { freeBytes } from './disk-space.ts';
import { ImageFiles } from './image-files.ts';
import { ImageKeeper } from './image-keeper.ts';
import { OfferTickets } from './offer-tickets.ts';
import { UploadAnnouncer } from './upload/upload-announcer.ts';
import { createUploadEndpoint, uploadsPrefix } from './upload/upload-endpoint.ts';
import { UploadStore } from './upload/upload-store.ts';

export interface StorageServerOptions {
  /** Of type storage-server; started and disposed of by this component. */
  member: Member;
  /** Everything is kept in `<home>/storage-server`. */
  home: string;
  clock: Clock;
  log: Logger;
}

export async function createStorageServer({ member, home, clock, log }: StorageServerOptions): Promise<Component> {
  const files = new ImageFiles(home);
  await files.open();
  const uploads = new UploadStore(files.uploads);
  const keeper = new ImageKeeper({ files, uploads, home, member });
  const tickets = new OfferTickets(clock);
  const announcer = new UploadAnnouncer({ member, clock, log });

  async function sendImage(id: ImageId, from: number, bytes: Duplex, signal: AbortSignal): Promise<void> {
    await using file = await files.openImage(id);
    const { size } = await file.stat();
    await pipeline(sparseStream(file, size, from, await dataRanges(file, signal)), bytes);
  }

  const handlers: LinkHandlers<typeof storageServerLink> = {
    async openUpload({ imageId, sizeBytes }) {
      await keeper.openUpload(imageId, sizeBytes);
      return {};
    },
    async uploadOffset({ imageId }) {
      return { offsetBytes: await keeper.uploadOffset(imageId) };
    },
    checkUpload({ imageId, kind, sha256 }, work) {
      announcer.forget(imageId);
      return keeper.checkUpload(imageId, { kind, sha256 }, work);
    },
    importFile: ({ imageId, kind, sha256, path }, work) => keeper.importFile(imageId, path, { kind, sha256 }, work),
    async removeImage({ imageId }) {
      announcer.forget(imageId);
      await keeper.remove(imageId);
      return {};
    },
    async listImages() {
      return {
        images: await files.listImages(),
        uploads: await files.listUploads(),
        freeBytes: await freeBytes(files.root),
      };
    },
    async readImage({ imageId, offsetBytes }, bytes) {
      await pipeline(await files.read(imageId, offsetBytes), bytes);
    },
    readImageData: ({ imageId, offsetBytes }, bytes, { signal }) => sendImage(imageId, offsetBytes, bytes, signal),
    async offerImage({ imageId, reader }) {
      await using _there = await files.openImage(imageId);
      return { ticket: tickets.give(imageId, reader) };
    },
    readOffered: async ({ ticket }, bytes, { caller, signal }) =>
      sendImage(tickets.take(ticket, caller.id), 0, bytes, signal),
    fetchImage: ({ image, from, ticket }, work) => keeper.fetch(image, { from, ticket }, work),
    async imageFile({ imageId }) {
      await using file = await files.openImage(imageId);
      const { dev, ino } = await file.stat({ bigint: true });
      return { path: files.imagePath(imageId), device: String(dev), inode: String(ino) };
    },
    async receiveImage({ image }, bytes, { signal }) {
      await keeper.receive(image, bytes, signal);
    },
  };
  member.serve(storageServerLink, handlers);
  const onFinished = announcer.announce.bind(announcer);
  member.mount(uploadsPrefix, ['http-gateway'], createUploadEndpoint({ store: uploads, onFinished, log }));

  return {
    async start() {
      await member.start();
      for (const id of await keeper.uncheckedUploads()) announcer.announce(id);
    },
    async stop() {
      announcer.stop();
      uploads.hashes.stop();
      await member[Symbol.asyncDispose]();
    },
  };
}
