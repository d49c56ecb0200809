/**
 * Life cycle of images on one Storage Server: from an upload or local file, through the check, to removal. One
 * operation at a time per image.
 */
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type ImageId, say } from '@zhiyun/contracts';
import type { CheckedImage } from '@zhiyun/contracts/links';
import { errorFromFault, KeyedLock, PlatformError } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import { checkFile, inspectFile, type Question, type Watch } from './check-file.ts';
import { explainFullDisk } from './disk-space.ts';
import { fetchOffered, type Offer } from './fetch-image.ts';
import { type ImageFiles, makeReadOnly } from './image-files.ts';
import { copySource, openSource } from './import-source.ts';
import { receiveFile } from './receive-file.ts';
import type { UploadStore } from './upload/upload-store.ts';

export interface ImageKeeperOptions {
  files: ImageFiles;
  uploads: UploadStore;
  /** Files below it cannot be imported. */
  home: string;
  member: Pick<Member, 'meet'>;
}

export class ImageKeeper {
  readonly #files: ImageFiles;
  readonly #uploads: UploadStore;
  readonly #home: string;
  readonly #member: Pick<Member, 'meet'>;
  readonly #locks = new KeyedLock<ImageId>();

  constructor({ files, uploads, home, member }: ImageKeeperOptions) {
    this.#files = files;
    this.#uploads = uploads;
    this.#home = home;
    this.#member = member;
  }

  async openUpload(id: ImageId, sizeBytes: number): Promise<void> {
    await this.#run(id, sizeBytes, async () => {
      if (!(await this.#answered(id))) await this.#uploads.openUpload(id, sizeBytes);
    });
  }

  /** Throws `not-found`. Of an upload that became an image: all of it. */
  async uploadOffset(id: ImageId): Promise<number> {
    const status = await this.#uploads.status(id);
    if (status) return status.offsetBytes;
    const record = await this.#files.record(id);
    if (record?.outcome === 'image') return record.image.sizeBytes;
    throw new PlatformError('not-found', say('image.no-upload', { id }));
  }

  /** Throws what `checkFile` throws, after the upload was removed; `wrong-state` while bytes are missing. */
  async checkUpload(id: ImageId, question: Question, watch: Watch): Promise<CheckedImage> {
    return this.#run(id, 0, async () => {
      const answered = await this.#answered(id);
      if (answered) return answered;
      await this.#requireComplete(id);
      try {
        const hashed = this.#uploads.hashes.take(id, await this.uploadOffset(id));
        return await this.#checkAndTakeIn(id, this.#files.uploadPath(id), question, watch, hashed);
      } catch (error) {
        if (isRefusal(error)) await this.#files.refuse(id, error);
        throw error;
      }
    });
  }

  /** Throws what `openSource`, `copySource` and `checkFile` throw, leaving nothing. */
  async importFile(id: ImageId, path: string, question: Question, watch: Watch): Promise<CheckedImage> {
    return this.#run(id, 0, async () => {
      const answered = await this.#answered(id);
      if (answered) return answered;
      const [copying, checking] = halves(watch);
      const copy = this.#files.incomingPath(id);
      await using source = await openSource(path, this.#home);
      // What is refused at first sight need not be copied; the verdict is on the copy, which nobody else can change.
      await inspectFile(source, (await source.stat()).size, question.kind);
      await copySource(source, copy, this.#files.root, copying);
      try {
        return await this.#checkAndTakeIn(id, copy, question, checking);
      } catch (error) {
        await this.#files.remove(id);
        throw error;
      }
    });
  }

  /** Takes in what another Storage Server has, sent by way of the Control Server. Throws what `receiveFile` and `checkFile` throw. */
  async receive(image: CheckedImage & { id: ImageId }, bytes: Readable, signal: AbortSignal): Promise<void> {
    await this.#takeOver(image, { signal, progress: () => {} }, (path) =>
      receiveFile(bytes, image.sizeBytes, path, this.#files.root),
    );
  }

  /** The same, from that Storage Server directly. Throws what `fetchOffered` and `checkFile` throw. */
  fetch(image: CheckedImage & { id: ImageId }, offer: Offer, watch: Watch): Promise<CheckedImage> {
    return this.#takeOver(image, watch, (path, fetching) =>
      fetchOffered(this.#member, offer, { sizeBytes: image.sizeBytes, path, directory: this.#files.root }, fetching),
    );
  }

  /** Believed no more than an upload. It is here already: no byte is asked for. A failure leaves nothing. */
  async #takeOver(
    { id, ...expected }: CheckedImage & { id: ImageId },
    watch: Watch,
    bring: (path: string, watch: Watch) => Promise<void>,
  ): Promise<CheckedImage> {
    return this.#run(id, expected.sizeBytes, async () => {
      const answered = await this.#answered(id);
      if (answered) return answered;
      const copy = this.#files.incomingPath(id);
      const [bringing, checking] = halves(watch);
      await bring(copy, bringing);
      const question: Question = { kind: expected.format === 'iso9660' ? 'iso' : 'disk', sha256: expected.sha256 };
      try {
        return await this.#checkAndTakeIn(id, copy, question, checking);
      } catch (error) {
        await this.#files.remove(id);
        throw error;
      }
    });
  }

  async remove(id: ImageId): Promise<void> {
    this.#uploads.hashes.forget(id);
    await this.#locks.run(id, () => this.#files.remove(id));
  }

  /** Complete uploads that have not been checked. */
  async uncheckedUploads(): Promise<ImageId[]> {
    const complete: ImageId[] = [];
    for (const id of await this.#files.listUploads()) {
      const status = await this.#uploads.status(id);
      if (status && status.offsetBytes === status.sizeBytes) complete.push(id);
    }
    return complete;
  }

  /** Mutex per image; reports a full disk as such, wherever it is met. */
  async #run<T>(id: ImageId, neededBytes: number, task: () => Promise<T>): Promise<T> {
    try {
      return await this.#locks.run(id, task);
    } catch (error) {
      throw await explainFullDisk(error, this.#files.root, neededBytes);
    }
  }

  /** The recorded result, if any; a refusal is thrown again. */
  async #answered(id: ImageId): Promise<CheckedImage | undefined> {
    const record = await this.#files.record(id);
    if (record?.outcome === 'refused') throw errorFromFault(record.fault);
    return record?.image;
  }

  async #requireComplete(id: ImageId): Promise<void> {
    const status = await this.#uploads.status(id);
    if (!status) throw new PlatformError('not-found', say('image.no-upload', { id }));
    if (status.offsetBytes === status.sizeBytes) return;
    throw new PlatformError(
      'wrong-state',
      say('image.upload-incomplete', { arrived: status.offsetBytes, total: status.sizeBytes, id }),
    );
  }

  async #checkAndTakeIn(
    id: ImageId,
    path: string,
    question: Question,
    watch: Watch,
    hashed?: Promise<string | undefined>,
  ): Promise<CheckedImage> {
    await makeReadOnly(path);
    await using file: FileHandle = await open(path, 'r');
    const image = await checkFile(file, question, watch, hashed);
    await this.#files.takeIn(id, path, file, image);
    return image;
  }
}

function isRefusal(error: unknown): error is PlatformError {
  const refusals = ['image-refused', 'image-wrong-kind', 'checksum-mismatch'];
  return error instanceof PlatformError && refusals.includes(error.code);
}

function halves({ signal, progress }: Watch): [Watch, Watch] {
  return [
    { signal, progress: (fraction) => progress(fraction / 2) },
    { signal, progress: (fraction) => progress(0.5 + fraction / 2) },
  ];
}
