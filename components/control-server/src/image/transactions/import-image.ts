/**
 * Import: a file on a Storage Server's own machine becomes an image. The row was written when the operation was begun, so
 * that the name is taken; undoing takes it away and leaves nothing.
 */
import { imageIdSchema, imageKindSchema, sha256Schema } from '@zhiyun/contracts';
import type { CheckedImage } from '@zhiyun/contracts/links';
import { recordEvent } from '@zhiyun/store';
import type { TransactionDefinition } from '@zhiyun/transaction';
import { z } from 'zod';
import { type ImageDeps, patienceMs, storageServerIdSchema, takenIn, verdictOf } from './image-transaction.ts';

export const importImageParamsSchema = z.object({
  imageId: imageIdSchema,
  name: z.string(),
  storageServerId: storageServerIdSchema,
  kind: imageKindSchema,
  sha256: sha256Schema.optional(),
  path: z.string(),
});
export type ImportImageParams = z.infer<typeof importImageParamsSchema>;

export function importImageTransaction({
  peers,
}: ImageDeps): TransactionDefinition<ImportImageParams, { checked: CheckedImage }> {
  return {
    kind: 'image.import',
    params: importImageParamsSchema,
    actions: [
      {
        name: 'reserve',
        async write() {
          return undefined;
        },
        async unwrite(tx, { params, operationId }) {
          const { numDeletedRows } = await tx.deleteFrom('image').where('id', '=', params.imageId).executeTakeFirst();
          if (numDeletedRows === 0n) return;
          const subject = { kind: 'image', id: params.imageId, name: params.name } as const;
          await recordEvent(tx, { kind: 'image.deleted', subject, operation: operationId });
        },
      },
      {
        name: 'import',
        cancellable: true,
        async run({ params, signal, progress }) {
          const { storageServerId, name: _, ...question } = params;
          const checked = await peers.askStorage(
            storageServerId,
            (storage) => verdictOf(storage.importFile(question, { signal }), progress),
            { signal, patienceMs },
          );
          return { checked };
        },
        async undo({ params: { imageId, storageServerId }, signal }) {
          const remove = { signal, patienceMs };
          await peers.askStorage(storageServerId, (storage) => storage.removeImage({ imageId }, { signal }), remove);
        },
      },
      takenIn(),
    ],
  };
}
