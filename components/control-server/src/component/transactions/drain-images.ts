/** A Storage Server that leaves: every image that it keeps is moved to another one. */

import { type ComponentId, type OperationId, type Sentence, say } from '@zhiyun/contracts';
import { storageServerLink } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { copyImage } from '../../image/copy-image.ts';
import { contentOf, type ImageRow, setStorageServer } from '../../image/image-store.ts';
import { chooseStorageServer, type StorageDeps } from '../../image/storage-servers.ts';
import { dropCopy } from '../../image/transactions/move-image.ts';
import type { Peers } from '../../peers/peers.ts';
import { firstNames } from '../../reference/named.ts';

export interface ImageDrainDeps extends StorageDeps {
  peers: Peers;
}

export interface Drain {
  operationId: OperationId;
  signal: AbortSignal;
  /** 0 to 1. */
  progress: (fraction: number) => void;
}

const namedAtMost = 5;

/**
 * Again: goes on with what is left. Throws `in-use` while uploads, checks or deletions are under way there,
 * `storage-unreachable` and `disk-full` when nobody can take its images.
 */
export async function drainImages(deps: ImageDrainDeps, id: ComponentId, drain: Drain): Promise<void> {
  const images = await imagesOn(deps, id);
  const busy = images.filter(({ state }) => state !== 'ready' && state !== 'failed');
  if (busy.length > 0) throw new PlatformError('in-use', say('component.images-busy', { names: namesOf(busy) }));
  const ready = images.filter(({ state }) => state === 'ready');
  const totalBytes = ready.reduce((sum, image) => sum + image.size_bytes, 0);
  let movedBytes = 0;
  for (const image of ready) {
    const progress = (fraction: number) => drain.progress((movedBytes + fraction * image.size_bytes) / totalBytes);
    await moveAway(deps, image, id, { ...drain, progress });
    movedBytes += image.size_bytes;
  }
  await forgetRefused(deps, id);
}

/** Of one that is lost: other Storage Servers may have copies. Throws `in-use` with the images that only it had. */
export async function giveUpImages(deps: ImageDrainDeps, id: ComponentId, { operationId }: Drain): Promise<void> {
  const kept = new Set((await imagesOn(deps, id)).map((image) => image.id));
  for (const peer of deps.member.onlinePeers('storage-server').filter((other) => other.id !== id)) {
    const { images } = await peer.as(storageServerLink).listImages({});
    for (const image of images.filter((other) => kept.has(other)))
      await deps.store.tx((tx) => setStorageServer(tx, image, { from: id, to: peer.id }, operationId));
  }
  await forgetRefused(deps, id);
  const left = await imagesOn(deps, id);
  if (left.length > 0) throw new PlatformError('in-use', say('component.images-only-here', { names: namesOf(left) }));
}

async function moveAway(
  deps: ImageDrainDeps,
  image: ImageRow,
  from: ComponentId,
  { operationId, signal, progress }: Drain,
): Promise<void> {
  const to = await chooseStorageServer(deps, image.size_bytes, { not: from });
  await copyImage(deps.peers, { image: contentOf(image), from, to, signal, progress });
  const moved = await deps.store.tx((tx) => setStorageServer(tx, image.id, { from, to }, operationId));
  // It was deleted, or moved by somebody else, in the meantime.
  if (!moved) await dropCopy(deps, image.id, to, signal);
}

function imagesOn({ store: { db } }: ImageDrainDeps, id: ComponentId): Promise<ImageRow[]> {
  return db.selectFrom('image').selectAll().where('storage_server_id', '=', id).orderBy('name').execute();
}

/** What was refused has no bytes anywhere: only its row is left, until somebody deletes it. */
async function forgetRefused({ store: { db } }: ImageDrainDeps, id: ComponentId): Promise<void> {
  await db
    .updateTable('image')
    .set({ storage_server_id: null })
    .where('storage_server_id', '=', id)
    .where('state', '=', 'failed')
    .execute();
}

function namesOf(images: readonly ImageRow[]): string | Sentence {
  return firstNames(
    images.slice(0, namedAtMost).map(({ name }) => name),
    images.length,
  );
}
