/**
 * Uploads in progress. The bytes go from the gateway to the Storage Server; here is who may send them, how far they are,
 * and what happens when the last one has arrived.
 */
import { type ComponentId, type ImageId, say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import type { Engine } from '@zhiyun/transaction';
import type { Peers } from '../peers/peers.ts';
import { type Authenticate, type Credentials, requirePermission } from '../rest/admission.ts';
import { beginCheck } from './image-operations.ts';
import { getImage, type ImageRow } from './image-store.ts';

/** A list must not wait long for a Storage Server that is slow. */
const offsetTimeoutMs = 1_000;

/** What the Storage Server has of an upload; what was last known of it when it cannot be asked. */
export async function arrivedBytes(peers: Peers, image: ImageRow): Promise<number> {
  const { storage_server_id: storageServerId, id: imageId } = image;
  if (storageServerId === null) return image.uploaded_bytes;
  try {
    const { offsetBytes } = await peers.askStorage(storageServerId, (storage) =>
      storage.uploadOffset({ imageId }, { timeoutMs: offsetTimeoutMs }),
    );
    return offsetBytes;
  } catch {
    return image.uploaded_bytes;
  }
}

/** Errors as REST's; says which Storage Server has the upload. */
export async function authorizeUpload(
  { store, authenticate }: { store: Store; authenticate: Authenticate },
  { imageId, ...credentials }: Credentials & { imageId: ImageId },
): Promise<{ storageServerId: ComponentId }> {
  const principal = await authenticate(credentials);
  requirePermission(principal, 'image:write');
  const image = await getImage(store, imageId);
  if (image.state !== 'uploading' || image.storage_server_id === null) {
    throw new PlatformError(
      'wrong-state',
      say('image.takes-no-bytes', { name: image.name, state: say(`image.state-${image.state}`) }),
    );
  }
  return { storageServerId: image.storage_server_id };
}

/** Begins the check. Said again, or about an image that is no upload any more: nothing to do. */
export async function finishUpload(
  { store, engine }: { store: Store; engine: Pick<Engine, 'begin'> },
  imageId: ImageId,
): Promise<void> {
  const image = await getImage(store, imageId);
  const { state, storage_server_id } = image;
  if (state !== 'uploading' || storage_server_id === null) return;
  try {
    await beginCheck(engine, { ...image, storage_server_id });
  } catch (error) {
    const begunMeanwhile = error instanceof PlatformError && ['target-busy', 'wrong-state'].includes(error.code);
    if (!begunMeanwhile) throw error;
  }
}
