/**
 * Import: a file on a Storage Server's own machine becomes an image. The row was written when the operation was begun, so
 * that the name is taken; undoing takes it away and leaves nothing.
 */
import { componentIdSchema, imageIdSchema, imageKindSchema, sha256Schema } from '@zhiyun/contracts';
import type { TransactionDefinition } from '@zhiyun/transaction';
import { z } from 'zod';
import { forgetImage } from '../image-store.ts';
import { type CheckedMemory, type ImageDeps, patienceMs, takeIn } from './image-transaction.ts';

export const importImageParamsSchema = z.object({
  imageId: imageIdSchema,
  storageServerId: componentIdSchema,
  kind: imageKindSchema,
  sha256: sha256Schema.optional(),
  path: z.string(),
});
export type ImportImageParams = z.infer<typeof importImageParamsSchema>;

export function importImageTransaction({
  store,
  peers,
}: ImageDeps): TransactionDefinition<ImportImageParams, CheckedMemory> {
  return {
    kind: 'image.import',
    params: importImageParamsSchema,
    actions: [
      {
        name: 'import',
        cancellable: true,
        async run({ params: { storageServerId, ...question }, signal, progress }) {
          const checked = await peers.askStorage(
            storageServerId,
            (storage) => storage.importFile(question, { signal, onProgress: progress }),
            { signal, patienceMs },
          );
          return { checked };
        },
        async undo({ params: { imageId, storageServerId }, operationId, signal }) {
          await peers.askStorage(storageServerId, (storage) => storage.removeImage({ imageId }, { signal }), {
            signal,
            patienceMs,
          });
          await store.tx((tx) => forgetImage(tx, imageId, operationId));
        },
      },
      takeIn,
    ],
  };
}
