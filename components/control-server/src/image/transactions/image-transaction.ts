/** What the transactions of images share. */
import { componentIdSchema, type Fault, type ImageId } from '@zhiyun/contracts';
import type { CheckedImage } from '@zhiyun/contracts/links';
import { errorFromFault, PlatformError } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import type { RecordAction } from '@zhiyun/transaction';
import type { Peers, StorageClient } from '../../peers/peers.ts';
import { lockImage, setImageState } from '../image-store.ts';

export interface ImageDeps {
  store: Store;
  peers: Peers;
  /** Tells every node that is there to drop its copy; never fails. */
  forgetOnNodes: (imageId: ImageId) => Promise<void>;
}

/** How long a Storage Server may be away in the middle of an operation: it may be restarting. */
export const patienceMs = 60_000;
export const storageServerIdSchema = componentIdSchema;

type CheckAnswer = ReturnType<StorageClient['checkUpload']>;

export async function verdictOf(answer: CheckAnswer, progress: (fraction: number) => void): Promise<CheckedImage> {
  for await (const item of answer) {
    if (item.type === 'done') return item.image;
    if (item.type === 'failed') throw errorFromFault(item.error);
    progress(item.progress);
  }
  throw new PlatformError('unavailable', 'The Storage Server ended its answer before the image was checked.');
}

/** Shown where nothing better is known: the operation was cancelled, or its Control Server died with the reason. */
export function lastWords(what: string): Fault {
  return { code: 'cancelled', detail: `The ${what} did not come to its end; delete the image and upload it again.` };
}

/** The last action of check and import: from now on instances may be made from it. */
export function takenIn(): RecordAction<{ imageId: ImageId }, { checked: CheckedImage }> {
  return {
    name: 'take-in',
    async write(tx, { params, memory, operationId }) {
      if (!memory.checked) throw new Error('the image was not checked');
      const { format, sizeBytes, virtualSizeBytes, sha256 } = memory.checked;
      const found = { format, size_bytes: sizeBytes, virtual_size_bytes: virtualSizeBytes, sha256 };
      const changes = { ...found, uploaded_bytes: sizeBytes, error: null };
      await setImageState(tx, await lockImage(tx, params.imageId), 'ready', changes, operationId);
      return undefined;
    },
    noUndo: 'the last action: nothing can fail after it',
  };
}
