/**
 * The directory of a Storage Server, `<home>/storage-server`:
 *   uploads/<id>, <id>.json   arriving; kept by tus
 *   incoming/<id>             being copied by an import; worthless after a restart
 *   images/<id>               whole, checked, read-only
 *   records/<id>.json         the answer to a check: the image's facts, or why the upload was refused
 * A record is written before its image is moved into place, so an image always has its record; a record without an image,
 * left by a crash between the two, is dropped at the next start, and the check is simply done again.
 */
import { createReadStream, type ReadStream } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { faultSchema, type ImageId, imageIdSchema, MiB, say } from '@zhiyun/contracts';
import { type CheckedImage, checkedImageSchema } from '@zhiyun/contracts/links';
import { PlatformError, readKept, syncDirectory, systemErrorCode, versioned, writeKept } from '@zhiyun/kernel';
import { z } from 'zod';

const recordSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('image'), image: checkedImageSchema }),
  z.object({ outcome: z.literal('refused'), fault: faultSchema }),
]);
export type ImageRecord = z.infer<typeof recordSchema>;
export const imageRecordShape = versioned({ what: say('version.image-record'), schema: recordSchema });

export class ImageFiles {
  readonly root: string;
  readonly uploads: string;
  readonly #images: string;
  readonly #incoming: string;
  readonly #records: string;

  constructor(home: string) {
    this.root = join(home, 'storage-server');
    this.uploads = join(this.root, 'uploads');
    this.#images = join(this.root, 'images');
    this.#incoming = join(this.root, 'incoming');
    this.#records = join(this.root, 'records');
  }

  /** Creates the directories and cleans up what a crash left half done. */
  async open(): Promise<void> {
    await rm(this.#incoming, { recursive: true, force: true });
    for (const directory of [this.root, this.uploads, this.#images, this.#incoming, this.#records]) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
    }
    const images = new Set<string>(await this.listImages());
    for (const file of await readdir(this.#records)) {
      const id = imageIdSchema.safeParse(file.replace(/\.json$/, ''));
      const isRecord = id.success && file.endsWith('.json');
      // One that cannot be read stays as it is, and is complained of when it is asked for.
      const record = isRecord ? await this.record(id.data).catch(() => 'unreadable' as const) : undefined;
      const stands =
        record === 'unreadable' || record?.outcome === 'refused' || (id.success && record && images.has(id.data));
      if (!stands) await rm(join(this.#records, file), { force: true });
    }
    for (const file of await readdir(this.uploads)) {
      const pair = file.endsWith('.json') ? file.slice(0, -'.json'.length) : `${file}.json`;
      if (!(await exists(join(this.uploads, pair)))) await rm(join(this.uploads, file), { force: true });
    }
  }

  uploadPath(id: ImageId): string {
    return join(this.uploads, id);
  }
  incomingPath(id: ImageId): string {
    return join(this.#incoming, id);
  }

  async listImages(): Promise<ImageId[]> {
    return idsOf(await readdir(this.#images));
  }
  async listUploads(): Promise<ImageId[]> {
    return idsOf(await readdir(this.uploads));
  }

  record(id: ImageId): Promise<ImageRecord | undefined> {
    return readKept(this.#recordPath(id), imageRecordShape, 'restore it from a backup, or delete the image');
  }

  /** Commits the checked file at `path` as the image: read-only, durable, atomically. */
  async takeIn(id: ImageId, path: string, file: FileHandle, image: CheckedImage): Promise<void> {
    await file.sync();
    await this.#writeRecord(id, { outcome: 'image', image });
    await rename(path, join(this.#images, id));
    await syncDirectory(this.#images);
    await this.#removeUpload(id);
  }

  /** Records the refusal, to be repeated, and removes the bytes. */
  async refuse(id: ImageId, refusal: PlatformError): Promise<void> {
    await this.#writeRecord(id, { outcome: 'refused', fault: refusal.toFault() });
    await this.#removeUpload(id);
  }

  async remove(id: ImageId): Promise<void> {
    await rm(join(this.#images, id), { force: true });
    await rm(this.#recordPath(id), { force: true });
    await rm(this.incomingPath(id), { force: true });
    await this.#removeUpload(id);
  }

  /** Throws `not-found`. */
  async read(id: ImageId, offsetBytes: number): Promise<ReadStream> {
    const path = join(this.#images, id);
    if (!(await exists(path))) throw new PlatformError('not-found', say('image.not-here', { id }));
    return createReadStream(path, { start: offsetBytes, highWaterMark: 1 * MiB });
  }

  /** For reading. Throws `not-found`. */
  async openImage(id: ImageId): Promise<FileHandle> {
    return open(this.imagePath(id), 'r').catch((error: unknown) => {
      if (systemErrorCode(error) !== 'ENOENT') throw error;
      throw new PlatformError('not-found', say('image.not-here', { id }));
    });
  }

  imagePath(id: ImageId): string {
    return join(this.#images, id);
  }

  #recordPath(id: ImageId): string {
    return join(this.#records, `${id}.json`);
  }

  async #writeRecord(id: ImageId, record: ImageRecord): Promise<void> {
    await writeKept(this.#recordPath(id), imageRecordShape, record);
  }

  async #removeUpload(id: ImageId): Promise<void> {
    await rm(this.uploadPath(id), { force: true });
    await rm(`${this.uploadPath(id)}.json`, { force: true });
  }
}

/** Makes the file readable to others through a descriptor they are given, and writable to nobody. */
export async function makeReadOnly(path: string): Promise<void> {
  await chmod(path, 0o444);
}

function idsOf(names: readonly string[]): ImageId[] {
  return names.flatMap((name) => imageIdSchema.safeParse(name).data ?? []).sort();
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error) => {
      if (systemErrorCode(error) === 'ENOENT') return false;
      throw error;
    },
  );
}
