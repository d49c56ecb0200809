/** All that is done to images, for the engine. */
import type { AnyTransactionDefinition } from '@zhiyun/transaction';
import { checkImageTransaction } from './check-image.ts';
import { deleteImageTransaction } from './delete-image.ts';
import type { ImageDeps } from './image-transaction.ts';
import { importImageTransaction } from './import-image.ts';
import { moveImageTransaction } from './move-image.ts';

export function imageTransactions(deps: ImageDeps): AnyTransactionDefinition[] {
  return [
    checkImageTransaction(deps),
    importImageTransaction(deps),
    moveImageTransaction(deps),
    deleteImageTransaction(deps),
  ];
}
