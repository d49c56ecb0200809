/**
 * Move: copied to another Storage Server, then kept there by the record, then removed where it was. At every moment the
 * Storage Server of the record has it, so nodes read it without interruption.
 */
import { type ComponentId, componentIdSchema, type ImageId, imageIdSchema, say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import type { TransactionDefinition } from '@zhiyun/transaction';
import { z } from 'zod';
import type { Peers } from '../../peers/peers.ts';
import { copyImage } from '../copy-image.ts';
import { contentOf, type ImageRow, setStorageServer } from '../image-store.ts';
import { type ImageDeps, patienceMs } from './image-transaction.ts';

export const moveImageParamsSchema = z.object({
  imageId: imageIdSchema,
  fromStorageServerId: componentIdSchema,
  toStorageServerId: componentIdSchema,
});
export type MoveImageParams = z.infer<typeof moveImageParamsSchema>;

export function moveImageTransaction({ store, peers }: ImageDeps): TransactionDefinition<MoveImageParams> {
  return {
    kind: 'image.move',
    params: moveImageParamsSchema,
    actions: [
      {
        name: 'copy',
        cancellable: true,
        async run({ params: { imageId, fromStorageServerId: from, toStorageServerId: to }, signal, progress }) {
          const image = contentOf(await readImage(store, imageId));
          await copyImage(peers, { image, from, to, signal, progress });
          return undefined;
        },
        undo: ({ params, signal }) => dropCopy({ store, peers }, params.imageId, params.toStorageServerId, signal),
      },
      {
        name: 'switch',
        pointOfNoReturn: true,
        async write(tx, { params: { imageId, fromStorageServerId: from, toStorageServerId: to }, operationId }) {
          if (await setStorageServer(tx, imageId, { from, to }, operationId)) return undefined;
          throw new PlatformError('wrong-state', say('image.moved-meanwhile'));
        },
        async unwrite(tx, { params: { imageId, fromStorageServerId, toStorageServerId }, operationId }) {
          await setStorageServer(tx, imageId, { from: toStorageServerId, to: fromStorageServerId }, operationId);
        },
      },
      {
        name: 'remove-old',
        async run({ params: { imageId, fromStorageServerId }, signal, log }) {
          try {
            await dropCopy({ store, peers }, imageId, fromStorageServerId, signal);
          } catch (error) {
            signal.throwIfAborted();
            log.warn({ err: error }, 'the old copy of a moved image stays: it does no harm, and goes with the image');
          }
          return undefined;
        },
        async undo({ params: { imageId, fromStorageServerId, toStorageServerId }, signal, progress }) {
          const image = contentOf(await readImage(store, imageId));
          await copyImage(peers, { image, from: toStorageServerId, to: fromStorageServerId, signal, progress });
        },
      },
    ],
  };
}

async function readImage({ db }: Store, id: ImageId): Promise<ImageRow> {
  const row = await db.selectFrom('image').selectAll().where('id', '=', id).executeTakeFirst();
  if (row) return row;
  throw new PlatformError('not-found', say('image.gone'));
}

/** Removes what `at` has of an image, unless by the record it is the one that keeps it. */
export async function dropCopy(
  { store, peers }: { store: Store; peers: Peers },
  imageId: ImageId,
  at: ComponentId,
  signal: AbortSignal,
): Promise<void> {
  const keeper = await store.db
    .selectFrom('image')
    .select('storage_server_id')
    .where('id', '=', imageId)
    .executeTakeFirst();
  if (keeper?.storage_server_id === at) return;
  await peers.askStorage(at, (storage) => storage.removeImage({ imageId }, { signal }), { signal, patienceMs });
}
