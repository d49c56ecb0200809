/**
 * Check: an upload whose last byte has arrived becomes an image, or is shown as `failed` with the reason, so that whoever
 * uploaded it learns it from the image itself.
 */
import { type Fault, imageIdSchema, imageKindSchema, sha256Schema } from '@zhiyun/contracts';
import type { CheckedImage } from '@zhiyun/contracts/links';
import { faultOf } from '@zhiyun/kernel';
import type { TransactionDefinition } from '@zhiyun/transaction';
import { z } from 'zod';
import { lockImage, setImageState } from '../image-store.ts';
import {
  type ImageDeps,
  lastWords,
  patienceMs,
  storageServerIdSchema,
  takenIn,
  verdictOf,
} from './image-transaction.ts';

export const checkImageParamsSchema = z.object({
  imageId: imageIdSchema,
  storageServerId: storageServerIdSchema,
  kind: imageKindSchema,
  sha256: sha256Schema.optional(),
});
export type CheckImageParams = z.infer<typeof checkImageParamsSchema>;

interface CheckMemory {
  checked: CheckedImage;
}

export function checkImageTransaction(deps: ImageDeps): TransactionDefinition<CheckImageParams, CheckMemory> {
  const { store, peers } = deps;
  return {
    kind: 'image.check',
    params: checkImageParamsSchema,
    actions: [
      {
        name: 'begin',
        async write(tx, { params, operationId }) {
          await setImageState(tx, await lockImage(tx, params.imageId), 'checking', {}, operationId);
          return undefined;
        },
        async unwrite(tx, { params, operationId }) {
          const image = await lockImage(tx, params.imageId);
          if (image.state !== 'checking') return;
          const error: Fault = image.error ?? lastWords('check');
          await setImageState(tx, image, 'failed', { error }, operationId);
        },
      },
      {
        name: 'check',
        cancellable: true,
        async run({ params, signal, progress, log }) {
          const { storageServerId, ...question } = params;
          const options = { signal, patienceMs };
          try {
            const checked = await peers.askStorage(
              storageServerId,
              (storage) => verdictOf(storage.checkUpload(question, { signal }), progress),
              options,
            );
            return { checked };
          } catch (error) {
            if (!signal.aborted) await keepFault(params.imageId, faultOf(error));
            log.info({ imageId: params.imageId, fault: faultOf(error) }, 'the image did not pass');
            throw error;
          }
        },
        noUndo: 'the bytes belong to the image, which is shown as failed until somebody deletes it',
      },
      takenIn(),
    ],
  };

  async function keepFault(imageId: CheckImageParams['imageId'], error: Fault): Promise<void> {
    await store.db.updateTable('image').set({ error }).where('id', '=', imageId).execute();
  }
}
