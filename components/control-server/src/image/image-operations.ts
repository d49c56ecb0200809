/** What is begun with images: each writes its first word about the image in the commit that begins the operation. */
import { type ComponentId, type ImageId, type importImageSchema, type Operation, say } from '@zhiyun/contracts';
import { type Clock, newId, PlatformError } from '@zhiyun/kernel';
import type { BeginRequest, Engine } from '@zhiyun/transaction';
import type { z } from 'zod';
import { contentOf, type ImageRow, insertImage, lockImage, requireUnused, setImageState } from './image-store.ts';
import type { CheckImageParams } from './transactions/check-image.ts';
import type { DeleteImageParams } from './transactions/delete-image.ts';
import type { ImportImageParams } from './transactions/import-image.ts';
import type { MoveImageParams } from './transactions/move-image.ts';

type Beginning = Pick<Engine, 'begin'>;
/** Who asks; `createdBy` null: the platform itself. */
export type Asked = Pick<BeginRequest, 'createdBy' | 'idempotencyKey' | 'requestHash'>;

const targetOf = ({ id, name }: { id: ImageId; name: string }) => ({ kind: 'image', id, name }) as const;

/** Throws `name-taken`. */
export function beginImport(
  engine: Beginning,
  clock: Clock,
  file: Omit<z.output<typeof importImageSchema>, 'storageServer'> & { storageServerId: ComponentId },
  asked: Asked,
): Promise<Operation> {
  const { path, sha256, ...row } = file;
  const id = newId<ImageId>();
  const { kind, storageServerId } = row;
  const params: ImportImageParams = { imageId: id, storageServerId, kind, path, ...(sha256 && { sha256 }) };
  const image = { ...row, id, expectedSha256: sha256, sizeBytes: 0, state: 'checking' } as const;
  return engine.begin('image.import', {
    ...asked,
    params,
    target: targetOf(image),
    within: (tx) => insertImage(tx, image, asked.createdBy, new Date(clock.now())),
  });
}

/** Throws `wrong-state` when it is no upload any more. */
export function beginCheck(
  engine: Beginning,
  image: ImageRow & { storage_server_id: ComponentId },
): Promise<Operation> {
  const { id: imageId, kind, expected_sha256: sha256, storage_server_id: storageServerId } = image;
  const params: CheckImageParams = { imageId, storageServerId, kind, ...(sha256 !== null && { sha256 }) };
  return engine.begin('image.check', {
    params,
    target: targetOf(image),
    createdBy: null,
    async within(tx, operationId) {
      const changes = { uploaded_bytes: image.size_bytes };
      await setImageState(tx, await lockImage(tx, imageId), 'checking', changes, operationId);
    },
  });
}

/** Throws `wrong-state` when it is not ready, or is there already. */
export function beginMove(
  engine: Beginning,
  image: ImageRow,
  toStorageServerId: ComponentId,
  asked: Asked,
): Promise<Operation> {
  const fromStorageServerId = image.storage_server_id;
  if (fromStorageServerId === null || fromStorageServerId === toStorageServerId)
    throw new PlatformError('wrong-state', say('image.there-already', { name: image.name }));
  const params: MoveImageParams = { imageId: image.id, fromStorageServerId, toStorageServerId };
  return engine.begin('image.move', {
    ...asked,
    params,
    target: targetOf(image),
    async within(tx) {
      const locked = await lockImage(tx, image.id);
      contentOf(locked);
      requireUnmoved(image, locked);
    },
  });
}

/** Throws `in-use` with the instances that use it, `wrong-state`. */
export function beginDeletion(engine: Beginning, image: ImageRow, asked: Asked): Promise<Operation> {
  const params: DeleteImageParams = { imageId: image.id, storageServerId: image.storage_server_id };
  return engine.begin('image.delete', {
    ...asked,
    params,
    target: targetOf(image),
    async within(tx, operationId) {
      const locked = await lockImage(tx, image.id);
      requireUnmoved(image, locked);
      await requireUnused(tx, locked);
      await setImageState(tx, locked, 'deleting', {}, operationId);
    },
  });
}

/** The parameters say where it was when it was read. */
function requireUnmoved(read: ImageRow, locked: ImageRow): void {
  if (locked.storage_server_id === read.storage_server_id) return;
  throw new PlatformError('target-busy', say('image.just-moved', { name: read.name }));
}
