import type { Logger } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import { forgetImageOn } from './forget-copies.ts';
import { imageHandlers } from './image-handlers.ts';
import { type SweepImagesOptions, sweepImages } from './sweep-images.ts';
import type { ImageDeps } from './transactions/image-transaction.ts';
import { imageTransactions } from './transactions/image-transactions.ts';
import { type WatchUploadsOptions, watchUploads } from './watch-uploads.ts';

interface TransactionDeps extends Omit<ImageDeps, 'forgetOnNodes'> {
  member: Pick<Member, 'onlinePeers'>;
  log: Logger;
}

/** Images: what this folder gives to the Control Server. */
export const imageModule = {
  handlers: imageHandlers,
  transactions: ({ member, log, ...deps }: TransactionDeps) =>
    imageTransactions({ ...deps, forgetOnNodes: forgetImageOn(member, log) }),
  backgroundTasks: (deps: WatchUploadsOptions & SweepImagesOptions) => [watchUploads(deps), sweepImages(deps)],
};
