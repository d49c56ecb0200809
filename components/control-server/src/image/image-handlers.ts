/** Images for users: open an upload, import, list, rename, delete. */
import type { Image, ImageId } from '@zhiyun/contracts';
import { type Clock, newId } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import type { Store } from '@zhiyun/store';
import type { Engine } from '@zhiyun/transaction';
import type { Peers } from '../peers/peers.ts';
import { actorOf, askedBy, type RestHandlers } from '../rest/rest-handlers.ts';
import {
  findImage,
  forgetImage,
  imageOf,
  insertImage,
  listImages,
  lockImage,
  requireUnused,
  type ShownImage,
  setImageState,
  updateImage,
} from './image-store.ts';
import { chooseStorageServer } from './storage-servers.ts';
import type { DeleteImageParams } from './transactions/delete-image.ts';
import type { ImportImageParams } from './transactions/import-image.ts';
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
  'listImages' | 'getImage' | 'createImage' | 'importImage' | 'updateImage' | 'deleteImage'
>;

export function imageHandlers({ store, peers, member, engine, clock }: ImageOptions): ImageHandlers {
  /** While bytes arrive, how many have is asked of where they arrive. */
  async function shown(row: ShownImage): Promise<Image> {
    return imageOf(row, row.state === 'uploading' ? await arrivedBytes(peers, row) : undefined);
  }

  return {
    async listImages({ query }) {
      const { items, nextCursor } = await listImages(store, query);
      return { items: await Promise.all(items.map(shown)), nextCursor };
    },

    async getImage({ params }) {
      return shown(await findImage(store, params.id));
    },

    async createImage({ principal, body }) {
      const { name, description, kind, sizeBytes } = body;
      const id = newId<ImageId>();
      const storageServerId = chooseStorageServer(member);
      const row = { id, name, description, kind, sizeBytes, storageServerId, expectedSha256: body.sha256 };
      const now = new Date(clock.now());
      await store.tx((tx) => insertImage(tx, { ...row, state: 'uploading' }, actorOf(principal), now));
      try {
        await peers.askStorage(storageServerId, (storage) => storage.openUpload({ imageId: id, sizeBytes }));
      } catch (error) {
        await store.tx((tx) => forgetImage(tx, id, null));
        throw error;
      }
      return imageOf(await findImage(store, id), 0);
    },

    async importImage(request) {
      const { name, description, kind, sha256, path } = request.body;
      const imageId = newId<ImageId>();
      const storageServerId = chooseStorageServer(member);
      const params: ImportImageParams = { imageId, storageServerId, kind, path, ...(sha256 && { sha256 }) };
      const row = { id: imageId, name, description, kind, storageServerId, expectedSha256: sha256, sizeBytes: 0 };
      return engine.begin('image.import', {
        params,
        target: { kind: 'image', id: imageId, name },
        ...askedBy(request),
        within: (tx) =>
          insertImage(tx, { ...row, state: 'checking' }, actorOf(request.principal), new Date(clock.now())),
      });
    },

    async updateImage({ principal, params, body }) {
      const { id } = await findImage(store, params.id);
      await store.tx(async (tx) => updateImage(tx, await lockImage(tx, id), body, actorOf(principal)));
      return shown(await findImage(store, id));
    },

    async deleteImage(request) {
      const image = await findImage(store, request.params.id);
      const params: DeleteImageParams = { imageId: image.id, storageServerId: image.storage_server_id };
      return engine.begin('image.delete', {
        params,
        target: { kind: 'image', id: image.id, name: image.name },
        ...askedBy(request),
        async within(tx, operationId) {
          const locked = await lockImage(tx, image.id);
          await requireUnused(tx, locked);
          await setImageState(tx, locked, 'deleting', {}, operationId);
        },
      });
    },
  };
}
