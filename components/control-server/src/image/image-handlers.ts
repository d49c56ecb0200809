/** Images for users: open an upload, import, list, rename, move, delete. */
import type { Image, ImageId } from '@zhiyun/contracts';
import { type Clock, newId } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import type { Store } from '@zhiyun/store';
import type { Engine } from '@zhiyun/transaction';
import type { Peers } from '../peers/peers.ts';
import { resolveReference } from '../reference/resolve-reference.ts';
import { actorOf, askedBy, type RestHandlers } from '../rest/rest-handlers.ts';
import { beginDeletion, beginImport, beginMove } from './image-operations.ts';
import {
  forgetImage,
  getImage,
  imageOf,
  insertImage,
  listImages,
  lockImage,
  type ShownImage,
  updateImage,
} from './image-store.ts';
import { askedStorageServer, chooseStorageServer } from './storage-servers.ts';
import { arrivedBytes } from './uploads.ts';

export interface ImageOptions {
  store: Store;
  peers: Peers;
  member: Pick<Member, 'onlinePeers'>;
  engine: Pick<Engine, 'begin'>;
  clock: Clock;
}

export type ImageHandlers = Pick<
  RestHandlers,
  'listImages' | 'getImage' | 'createImage' | 'importImage' | 'updateImage' | 'moveImage' | 'deleteImage'
>;

export function imageHandlers({ store, peers, member, engine, clock }: ImageOptions): ImageHandlers {
  const idOf = (reference: string) => resolveReference(store.db, 'image', reference);
  /** While bytes arrive, how many have is asked of where they arrive. */
  async function shown(row: ShownImage, origin: string): Promise<Image> {
    return imageOf(row, origin, row.state === 'uploading' ? await arrivedBytes(peers, row) : undefined);
  }

  return {
    async listImages({ query, origin }) {
      const { items, nextCursor } = await listImages(store, query);
      return { items: await Promise.all(items.map((row) => shown(row, origin))), nextCursor };
    },

    async getImage({ params, origin }) {
      return shown(await getImage(store, await idOf(params.id)), origin);
    },

    async createImage({ principal, body, origin, setHeader }) {
      const { name, description, kind, sizeBytes } = body;
      const id = newId<ImageId>();
      const storageServerId = await chooseStorageServer({ store, member }, sizeBytes);
      const row = { id, name, description, kind, sizeBytes, storageServerId, expectedSha256: body.sha256 };
      const now = new Date(clock.now());
      await store.tx((tx) => insertImage(tx, { ...row, state: 'uploading' }, actorOf(principal), now));
      try {
        await peers.askStorage(storageServerId, (storage) => storage.openUpload({ imageId: id, sizeBytes }));
      } catch (error) {
        await store.tx((tx) => forgetImage(tx, id, null));
        throw error;
      }
      const image = imageOf(await getImage(store, id), origin, 0);
      // As tus answers a creation.
      if (image.uploadUrl !== null) setHeader('location', image.uploadUrl);
      return image;
    },

    async importImage(request) {
      const { storageServer, ...file } = request.body;
      const storageServerId =
        storageServer === undefined
          ? await chooseStorageServer({ store, member }, 0)
          : await askedStorageServer({ store, member }, storageServer, 0);
      return beginImport(engine, clock, { ...file, storageServerId }, askedBy(request));
    },

    async updateImage({ principal, params, body, origin }) {
      const id = await idOf(params.id);
      await store.tx(async (tx) => updateImage(tx, await lockImage(tx, id), body, actorOf(principal)));
      return shown(await getImage(store, id), origin);
    },

    async moveImage(request) {
      const image = await getImage(store, await idOf(request.params.id));
      const to = await askedStorageServer({ store, member }, request.body.storageServer, image.size_bytes);
      return beginMove(engine, image, to, askedBy(request));
    },

    async deleteImage(request) {
      return beginDeletion(engine, await getImage(store, await idOf(request.params.id)), askedBy(request));
    },
  };
}
