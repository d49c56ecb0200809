/** Storage Servers for proofs: each keeps its images as files in a directory of its own, so it outlives whoever asks it. */
import { createReadStream, createWriteStream } from 'node:fs';
import { access, copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Duplex, duplexPair } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ComponentId, ImageId } from '@zhiyun/contracts';
import type { CheckedImage } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { StorageClient, StoragePeer } from '../../peers/peers.ts';

/** What every image here is; its bytes are `data`. */
export const checked: CheckedImage = { format: 'raw', sizeBytes: 4, virtualSizeBytes: 4, sha256: 'a'.repeat(64) };

export class StorageInDirectories {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async put(server: ComponentId, id: ImageId): Promise<void> {
    await mkdir(join(this.#root, server), { recursive: true });
    await writeFile(join(this.#root, server, id), 'data');
  }
  async imagesOn(server: ComponentId): Promise<ImageId[]> {
    const names = await readdir(join(this.#root, server)).catch(() => []);
    return names.filter((name) => !name.endsWith('.part')) as ImageId[];
  }

  /** As `askStorage` gives it. */
  peer(server: ComponentId): StoragePeer {
    const endpoint = { hosts: ['directory'], port: 1, machine: 'directory' };
    return { id: server, name: server, endpoint, protocol: 3 };
  }

  /** Only what the transactions of images ask. */
  client(server: ComponentId): StorageClient {
    const fileOf = (id: ImageId) => join(this.#root, server, id);
    const check: StorageClient['checkUpload'] = async ({ imageId }) => {
      await this.put(server, imageId as ImageId);
      return checked;
    };
    const played: Partial<StorageClient> = {
      checkUpload: check,
      importFile: check,
      async removeImage({ imageId }) {
        await rm(fileOf(imageId as ImageId), { force: true });
        return {};
      },
      listImages: async () => ({ images: await this.imagesOn(server), uploads: [], freeBytes: 1_000 }),
      async readImage({ imageId }) {
        const file = fileOf(imageId as ImageId);
        await access(file).catch(() => {
          throw new PlatformError('not-found', `There is no image ${imageId} on ${server}.`);
        });
        return Duplex.from(createReadStream(file));
      },
      offerImage: async ({ imageId }) => {
        await access(fileOf(imageId as ImageId)).catch(() => {
          throw new PlatformError('not-found', `There is no image ${imageId} on ${server}.`);
        });
        return { ticket: imageId };
      },
      fetchImage: async ({ image, from }) => {
        await mkdir(join(this.#root, server), { recursive: true });
        const file = fileOf(image.id as ImageId);
        await copyFile(join(this.#root, from.id, image.id), `${file}.part`);
        await rename(`${file}.part`, file);
        return checked;
      },
      receiveImage: async ({ image }) => {
        await mkdir(join(this.#root, server), { recursive: true });
        const file = fileOf(image.id as ImageId);
        const [near, far] = duplexPair();
        pipeline(far, createWriteStream(`${file}.part`))
          .then(() => rename(`${file}.part`, file))
          .then(
            () => far.end(),
            (error) => far.destroy(error),
          );
        return near;
      },
    };
    return played as StorageClient;
  }
}
