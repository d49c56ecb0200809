/**
 * Delete: the bytes go, then the copies on nodes, then the row. The image became `deleting` when the operation was begun, in the
 * commit that saw it unused, so nobody can have taken it since.
 */
import { componentIdSchema, type Fault, imageIdSchema } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import type { TransactionDefinition } from '@zhiyun/transaction';
import { z } from 'zod';
import type { StorageClient } from '../../peers/peers.ts';
import { forgetImage, lockImage, setImageState } from '../image-store.ts';
import { type ImageDeps, patienceMs } from './image-transaction.ts';

export const deleteImageParamsSchema = z.object({
  imageId: imageIdSchema,
  /** Null: it never got as far as a Storage Server. */
  storageServerId: componentIdSchema.nullable(),
});
export type DeleteImageParams = z.infer<typeof deleteImageParamsSchema>;

const halfDeleted: Fault = {
  code: 'storage-unreachable',
  detail: 'Its deletion did not come to its end, so its bytes may be gone; delete it again.',
};

export function deleteImageTransaction({
  store,
  peers,
  forgetOnNodes,
}: ImageDeps): TransactionDefinition<DeleteImageParams> {
  return {
    kind: 'image.delete',
    params: deleteImageParamsSchema,
    actions: [
      {
        name: 'remove-bytes',
        pointOfNoReturn: true,
        async run({ params: { imageId, storageServerId }, signal, log }) {
          if (storageServerId === null) return undefined;
          const remove = (storage: StorageClient) => storage.removeImage({ imageId }, { signal });
          try {
            await peers.askStorage(storageServerId, remove, { signal, patienceMs });
          } catch (error) {
            if (!(error instanceof PlatformError) || error.code !== 'storage-unreachable') throw error;
            // It may never come back; if it does, what has no row is swept.
            log.warn({ err: error }, 'the bytes of a deleted image stay for now');
          }
          return undefined;
        },
        /** Whether the bytes are still whole is not known, so nobody may take it; it can be deleted again. */
        async undo({ params, operationId }) {
          await store.tx(async (tx) => {
            const image = await lockImage(tx, params.imageId);
            if (image.state !== 'deleting') return;
            await setImageState(tx, image, 'failed', { error: halfDeleted }, operationId);
          });
        },
      },
      {
        name: 'forget-copies',
        async run({ params }) {
          await forgetOnNodes(params.imageId);
          return undefined;
        },
        noUndo: 'a copy is fetched again when it is needed',
      },
      {
        name: 'forget',
        async write(tx, { params, operationId }) {
          await forgetImage(tx, params.imageId, operationId);
          return undefined;
        },
        noUndo: 'the last action: nothing can fail after it',
      },
    ],
  };
}
