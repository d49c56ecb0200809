/**
 * Check: an upload whose last byte has arrived becomes an image, or is shown as `failed` with the reason, so that whoever
 * uploaded it learns it from the image itself. The image became `checking` when the operation was begun.
 */
import {
  componentIdSchema,
  type Fault,
  type ImageId,
  imageIdSchema,
  imageKindSchema,
  sha256Schema,
} from '@zhiyun/contracts';
import { faultOf } from '@zhiyun/kernel';
import type { TransactionDefinition } from '@zhiyun/transaction';
import { z } from 'zod';
import { lockImage, setImageState } from '../image-store.ts';
import { type CheckedMemory, type ImageDeps, patienceMs, takeIn } from './image-transaction.ts';

export const checkImageParamsSchema = z.object({
  imageId: imageIdSchema,
  storageServerId: componentIdSchema,
  kind: imageKindSchema,
  sha256: sha256Schema.optional(),
});
export type CheckImageParams = z.infer<typeof checkImageParamsSchema>;

const interrupted: Fault = {
  code: 'cancelled',
  detail: 'Its check was cancelled; delete the image and upload it again.',
};

export function checkImageTransaction({
  store,
  peers,
}: ImageDeps): TransactionDefinition<CheckImageParams, CheckedMemory> {
  const keepReason = (id: ImageId, error: Fault) =>
    store.db.updateTable('image').set({ error }).where('id', '=', id).where('state', '=', 'checking').execute();
  return {
    kind: 'image.check',
    params: checkImageParamsSchema,
    actions: [
      {
        name: 'check',
        cancellable: true,
        async run({ params: { storageServerId, ...question }, signal, progress }) {
          try {
            const checked = await peers.askStorage(
              storageServerId,
              (storage) => storage.checkUpload(question, { signal, onProgress: progress }),
              { signal, patienceMs },
            );
            return { checked };
          } catch (error) {
            if (!signal.aborted) await keepReason(question.imageId, faultOf(error));
            throw error;
          }
        },
        /** The bytes stay with the failed image until somebody deletes it. */
        async undo({ params, operationId }) {
          await store.tx(async (tx) => {
            const image = await lockImage(tx, params.imageId);
            if (image.state !== 'checking') return;
            await setImageState(tx, image, 'failed', { error: image.error ?? interrupted }, operationId);
          });
        },
      },
      takeIn,
    ],
  };
}
