/** A Storage Server that leaves: every image that it keeps is moved to another one, each by an operation of its own. */

import { type ComponentId, type OperationId, type Sentence, say } from '@zhiyun/contracts';
import { storageServerLink } from '@zhiyun/contracts/links';
import { faultOf, PlatformError } from '@zhiyun/kernel';
import type { Tx } from '@zhiyun/store';
import type { ChildPlan, PlannedChild, PreparedChild } from '@zhiyun/transaction';
import { type ImageRow, setStorageServer } from '../../image/image-store.ts';
import { chooseStorageServer, type StorageDeps } from '../../image/storage-servers.ts';
import type { MoveImageParams } from '../../image/transactions/move-image.ts';
import type { Peers } from '../../peers/peers.ts';
import { firstNames } from '../../reference/named.ts';

export interface ImageDrainDeps extends StorageDeps {
  peers: Peers;
}

const namedAtMost = 5;

/** One after another: together they would only share the same disks and lines, and each counts on the room that the last has left. */
const atOnce = 1;

interface MovedImage extends PlannedChild {
  readonly image: ImageRow;
}

/**
 * A child for each image that is to be moved; those that were moved before are there already. Throws `in-use` while uploads, checks or
 * deletions are under way there.
 */
export async function planImageDrain(deps: ImageDrainDeps, from: ComponentId): Promise<ChildPlan<MovedImage>> {
  const images = await imagesOn(deps, from);
  const busy = images.filter(({ state }) => state !== 'ready' && state !== 'failed');
  if (busy.length > 0) throw new PlatformError('in-use', say('component.images-busy', { names: namesOf(busy) }));
  const ready = images.filter(({ state }) => state === 'ready');
  return {
    kind: 'image.move',
    atOnce,
    children: ready.map((image) => ({ key: image.id, weight: image.size_bytes, image })),
    prepare: (children) => Promise.all(children.map(({ image }) => prepareMove(deps, image, from))),
  };
}

/** `storage-unreachable` and `disk-full` when nobody can take it. */
async function prepareMove(deps: ImageDrainDeps, image: ImageRow, from: ComponentId): Promise<PreparedChild> {
  const target = { kind: 'image', id: image.id, name: image.name } as const;
  try {
    const to = await chooseStorageServer(deps, image.size_bytes, { not: from });
    const params: MoveImageParams = { imageId: image.id, fromStorageServerId: from, toStorageServerId: to };
    return { target, params };
  } catch (error) {
    return { target, refused: faultOf(error) };
  }
}

/** Of one that is lost: other Storage Servers may have copies. Throws `in-use` with the images that only it had. */
export async function giveUpImages(deps: ImageDrainDeps, id: ComponentId, operationId: OperationId): Promise<void> {
  const kept = new Set((await imagesOn(deps, id)).map((image) => image.id));
  for (const peer of deps.member.onlinePeers('storage-server').filter((other) => other.id !== id)) {
    const { images } = await peer.as(storageServerLink).listImages({});
    for (const image of images.filter((other) => kept.has(other)))
      await deps.store.tx((tx) => setStorageServer(tx, image, { from: id, to: peer.id }, operationId));
  }
  const left = (await imagesOn(deps, id)).filter(({ state }) => state !== 'failed');
  if (left.length > 0) throw new PlatformError('in-use', say('component.images-only-here', { names: namesOf(left) }));
}

function imagesOn({ store: { db } }: ImageDrainDeps, id: ComponentId): Promise<ImageRow[]> {
  return db.selectFrom('image').selectAll().where('storage_server_id', '=', id).orderBy('name').execute();
}

/** What was refused has no bytes anywhere: only its row is left, until somebody deletes it. */
export async function forgetRefused(tx: Tx, id: ComponentId): Promise<void> {
  await tx
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
