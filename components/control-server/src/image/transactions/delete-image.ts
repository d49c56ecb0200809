/** Delete: nobody may take it any more, then the copies go, then the bytes, then the row. */
import { type Fault, imageIdSchema } from '@zhiyun/contracts';
import { recordEvent } from '@zhiyun/store';
import type { TransactionDefinition } from '@zhiyun/transaction';
import { z } from 'zod';
import { lockImage, requireUnused, setImageState } from '../image-store.ts';
import { type ImageDeps, patienceMs, storageServerIdSchema } from './image-transaction.ts';

export const deleteImageParamsSchema = z.object({
  imageId: imageIdSchema,
  /** Null: it never got as far as a Storage Server. */
  storageServerId: storageServerIdSchema.nullable(),
});
export type DeleteImageParams = z.infer<typeof deleteImageParamsSchema>;

const halfDeleted: Fault = {
  code: 'storage-unreachable',
  detail: 'Its deletion did not come to its end, so its bytes may be gone; delete it again.',
};

export function deleteImageTransaction({ peers, forgetOnNodes }: ImageDeps): TransactionDefinition<DeleteImageParams> {
  return {
    kind: 'image.delete',
    params: deleteImageParamsSchema,
    actions: [
      {
        name: 'withdraw',
        pointOfNoReturn: true,
        async write(tx, { params, operationId }) {
          const image = await lockImage(tx, params.imageId);
          await requireUnused(tx, image);
          await setImageState(tx, image, 'deleting', {}, operationId);
          return undefined;
        },
        /** Whether the bytes are still whole is not known any more, so nobody may take it. */
        async unwrite(tx, { params, operationId }) {
          const image = await lockImage(tx, params.imageId);
          if (image.state === 'deleting') await setImageState(tx, image, 'failed', { error: halfDeleted }, operationId);
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
        name: 'remove-bytes',
        async run({ params: { imageId, storageServerId }, signal }) {
          if (storageServerId === null) return undefined;
          const remove = { signal, patienceMs };
          await peers.askStorage(storageServerId, (storage) => storage.removeImage({ imageId }, { signal }), remove);
          return undefined;
        },
        noUndo: 'what is gone cannot come back; the image is shown as failed and can be deleted again',
      },
      {
        name: 'forget',
        async write(tx, { params, operationId }) {
          const image = await lockImage(tx, params.imageId);
          await tx.deleteFrom('image').where('id', '=', image.id).execute();
          const subject = { kind: 'image', id: image.id, name: image.name } as const;
          await recordEvent(tx, { kind: 'image.deleted', subject, operation: operationId });
          return undefined;
        },
        noUndo: 'the last action: nothing can fail after it',
      },
    ],
  };
}
