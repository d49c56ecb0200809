/**
 * Storage of tus uploads: files of @tus/file-store, created by the Control Server only, with a full disk reported as
 * such.
 */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { FileStore } from '@tus/file-store';
import { Upload } from '@tus/server';
import { type ImageId, say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { SparseWriter } from '@zhiyun/service';
import { explainFullDisk, requireSpace } from '../disk-space.ts';
import { UploadHashes } from './upload-hashes.ts';

export interface UploadStatus {
  offsetBytes: number;
  sizeBytes: number;
}

export class UploadStore extends FileStore {
  readonly hashes = new UploadHashes();

  constructor(directory: string) {
    super({ directory });
    // No creation, no termination, no guessing of sizes: those are the Control Server's.
    this.extensions = [];
  }

  /** Creates an empty upload; idempotent for the same size. Throws `disk-full`, `wrong-state`. */
  async openUpload(id: ImageId, sizeBytes: number): Promise<void> {
    const existing = await this.status(id);
    if (existing?.sizeBytes === sizeBytes) return;
    if (existing) {
      throw new PlatformError('wrong-state', say('storage.upload-open', { id, bytes: existing.sizeBytes }));
    }
    await requireSpace(this.directory, sizeBytes);
    await this.create(new Upload({ id, size: sizeBytes, offset: 0 }));
  }

  /** `undefined` when there is no such upload. */
  async status(id: ImageId): Promise<UploadStatus | undefined> {
    // tus throws plain objects that are no Error when it knows no upload.
    const upload = await this.getUpload(id).catch((error: unknown) => {
      if (error instanceof Error) throw error;
      return undefined;
    });
    return upload && { offsetBytes: upload.offset, sizeBytes: upload.size ?? 0 };
  }

  /** Appends; bytes received before an interruption stay. On a full disk none stay, as others need the space. */
  override async write(bytes: Readable, id: string, offset: number): Promise<number> {
    const path = join(this.directory, id);
    const { size = 0 } = await this.getUpload(id);
    await requireSpace(this.directory, size - offset);
    await using file = await open(path, 'r+');
    const writer = new SparseWriter(file, offset);
    const follow = (written: number) => this.hashes.follow(id, path, size, written);
    try {
      await follow(offset);
      // Not destroyed by us: tus would then see our end of the stream break, and not why.
      try {
        for await (const chunk of bytes.iterator({ destroyOnReturn: false })) {
          const before = writer.written;
          await writer.write(chunk);
          if (writer.written > before) await follow(writer.written);
        }
      } finally {
        await follow(await writer.flush());
      }
    } catch (error) {
      const told = await explainFullDisk(error, this.directory, size - offset);
      if (told !== error) {
        this.hashes.forget(id);
        await file.truncate(0);
      }
      throw told;
    }
    return writer.end;
  }
}
