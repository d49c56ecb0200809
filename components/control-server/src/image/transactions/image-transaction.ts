/** What the transactions of images share. */
import type { ImageId } from '@zhiyun/contracts';
import type { CheckedImage } from '@zhiyun/contracts/links';
import type { Store } from '@zhiyun/store';
import type { RecordAction } from '@zhiyun/transaction';
import type { Peers } from '../../peers/peers.ts';
import { lockImage, setImageState } from '../image-store.ts';

export interface ImageDeps {
  store: Store;
  peers: Peers;
  /** Tells every node that is there to drop its copy; never fails. */
  forgetOnNodes: (imageId: ImageId) => Promise<void>;
}

/** How long a Storage Server may be away in the middle of an operation: it may be restarting. */
export const patienceMs = 60_000;

export interface CheckedMemory {
  checked: CheckedImage;
}

/** The last action of check and import: from now on instances may be made from it. */
export const takeIn: RecordAction<{ imageId: ImageId }, CheckedMemory> = {
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
