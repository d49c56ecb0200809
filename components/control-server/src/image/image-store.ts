/** The rows of images, and how they are shown. */

import {
  type ComponentId,
  type Image,
  type ImageId,
  type ImageState,
  type InstanceId,
  imageTransitions,
  type listImagesQuerySchema,
  type Operation,
  type OperationId,
  type Page,
  say,
} from '@zhiyun/contracts';
import type { CheckedImage } from '@zhiyun/contracts/links';
import { apiPrefix } from '@zhiyun/contracts/rest';
import { isoTime, PlatformError } from '@zhiyun/kernel';
import { type CursorKey, type Database, page, recordEvent, type Store, type Tx } from '@zhiyun/store';
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import type { z } from 'zod';
import { pageOfIds } from '../list/page-of-ids.ts';
import { searchByName } from '../list/search.ts';
import { notFound, uniqueName } from '../reference/named.ts';

export type ImageRow = Selectable<Database['image']>;
export interface ShownImage extends ImageRow {
  instance_count: number;
  /** Null until it was first heard of. */
  storage_server_name: string | null;
  operation_id: OperationId | null;
}

/**
 * With what users see beside the row: how many instances use it, who keeps it, which operation works on it. No image
 * is both the ISO of some and on disks of others: it is of one kind for life. Nearly all disks of an image are first disks, which
 * are counted without sorting out who has it twice.
 */
function shownImages(db: Kysely<Database>) {
  return db
    .selectFrom('image')
    .selectAll('image')
    .select([
      sql<number>`(select count(*)::int from instance where iso_image_id = image.id)
      + (select count(*)::int from disk where image_id = image.id and position = 0)
      + (
        select count(distinct further.instance_id)::int from disk as further
        where further.image_id = image.id and further.position > 0 and not exists (
          select from disk as first
          where first.instance_id = further.instance_id and first.position = 0 and first.image_id = image.id))`.as(
        'instance_count',
      ),
      (eb) =>
        eb
          .selectFrom('registration')
          .select('registration.name')
          .whereRef('component_id', '=', 'image.storage_server_id')
          .as('storage_server_name'),
      (eb) =>
        eb
          .selectFrom('operation_claim')
          .select('operation_claim.operation_id')
          .where('target_kind', '=', 'image')
          .where('target_id', '=', sql<string>`image.id::text`)
          .as('operation_id'),
    ]);
}

/** Newest first. */
export async function listImages(
  store: Store,
  query: z.output<typeof listImagesQuerySchema>,
): Promise<Page<ShownImage>> {
  const { kind, state, search } = query;
  return page<ShownImage, ShownImage>(query, {
    list: 'images:-createdAt',
    keyOf: (image) => [image.created_at.toISOString(), image.id],
    keyLength: 2,
    async read(after, count) {
      const ids = await pageOfIds(store.db, {
        ...{ table: 'image', keys: ['created_at', 'id'], descending: true, limit: count - 1 },
        conditions: [...(kind ? [sql`kind = ${kind}`] : []), ...(state ? [sql`state = ${state}`] : [])],
        narrowings: [search ? searchByName('image', search) : undefined],
        after: after && before(after),
      });
      const images = shownImages(store.db).where(sql<boolean>`image.id in ${ids}`);
      return images.orderBy('created_at', 'desc').orderBy('image.id', 'desc').execute();
    },
    show: (images) => images,
  });
}

function before([createdAt, id]: CursorKey): RawBuilder<unknown> {
  return sql`(created_at, id) < (${createdAt}::timestamptz, ${id}::uuid)`;
}

/** Throws `not-found`. */
export async function getImage({ db }: Pick<Store, 'db'>, id: ImageId): Promise<ShownImage> {
  const row = await shownImages(db).where('image.id', '=', id).executeTakeFirst();
  if (row) return row;
  throw notFound('image', id);
}

/** Waits for whoever else writes this image, or takes it for a disk. Throws `not-found`. */
export async function lockImage(tx: Tx, id: ImageId): Promise<ImageRow> {
  const row = await tx.selectFrom('image').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row) return row;
  throw notFound('image', id);
}

export interface NewImage {
  id: ImageId;
  name: string;
  description: string;
  kind: ImageRow['kind'];
  state: 'uploading' | 'checking';
  storageServerId: ComponentId;
  sizeBytes: number;
  expectedSha256: string | undefined;
}

/** Takes the name, also from one that has failed and is only there to say why. Throws `name-taken`. */
export async function insertImage(tx: Tx, image: NewImage, actor: Operation['createdBy'], at: Date): Promise<void> {
  const { id, name, description, kind, state } = image;
  await forgetFailed(tx, name);
  const row = {
    ...{ id, name, description, kind, state },
    storage_server_id: image.storageServerId,
    size_bytes: image.sizeBytes,
    expected_sha256: image.expectedSha256 ?? null,
    created_at: at,
    upload_progressed_at: state === 'uploading' ? at : null,
  };
  await named(name, tx.insertInto('image').values(row).execute());
  await recordEvent(tx, { kind: 'image.created', subject: { kind: 'image', id, name }, data: { kind }, actor });
}

/** Nobody can use it, and its bytes are gone. Not while an operation still works on it. */
async function forgetFailed(tx: Tx, name: string): Promise<void> {
  const failed = await shownImages(tx).where('name', '=', name).where('image.state', '=', 'failed').executeTakeFirst();
  if (failed && failed.operation_id === null && failed.instance_count === 0) await forgetImage(tx, failed.id, null);
}

/** Throws `name-taken`. */
export async function updateImage(
  tx: Tx,
  image: ImageRow,
  changes: { name?: string | undefined; description?: string | undefined },
  actor: Operation['createdBy'],
): Promise<void> {
  const { name = image.name, description = image.description } = changes;
  if (name === image.name && description === image.description) return;
  await named(name, tx.updateTable('image').set({ name, description }).where('id', '=', image.id).execute());
  await recordEvent(tx, {
    kind: 'image.changed',
    subject: { kind: 'image', id: image.id, name },
    data: { from: image.name, to: name },
    actor,
  });
}

/** The end of an image: row and name go. Gone already: nothing to do. */
export async function forgetImage(tx: Tx, id: ImageId, operation: OperationId | null): Promise<void> {
  const gone = await tx.deleteFrom('image').where('id', '=', id).returning('name').executeTakeFirst();
  if (!gone) return;
  await recordEvent(tx, { kind: 'image.deleted', subject: { kind: 'image', id, name: gone.name }, operation });
}

const named = <T>(name: string, writing: Promise<T>) => uniqueName('image', name, 'image_name_key', writing);

type ImageChanges = Partial<Omit<ImageRow, 'id' | 'state'>>;

/** The one writer of an image's state; the caller holds the lock. Throws `wrong-state` for a move not in the table. */
export async function setImageState(
  tx: Tx,
  image: ImageRow,
  to: ImageState,
  changes: ImageChanges = {},
  operation: OperationId | null = null,
): Promise<void> {
  if (!imageTransitions[image.state].includes(to)) {
    throw new PlatformError(
      'wrong-state',
      say('image.cannot-become', {
        name: image.name,
        state: say(`image.state-${image.state}`),
        to: say(`image.state-${to}`),
      }),
    );
  }
  await tx
    .updateTable('image')
    .set({ ...changes, state: to })
    .where('id', '=', image.id)
    .execute();
  await recordEvent(tx, {
    kind: 'image.state-changed',
    severity: to === 'failed' ? 'warning' : 'info',
    subject: { kind: 'image', id: image.id, name: image.name },
    data: { from: image.state, to, ...(changes.error ? { error: changes.error.detail } : {}) },
    operation,
  });
}

/** From now on `to` keeps a ready image that `from` has kept. False: it is not so any more, and nothing changed. */
export async function setStorageServer(
  tx: Tx,
  id: ImageId,
  { from, to }: { from: ComponentId; to: ComponentId },
  operation: OperationId | null,
): Promise<boolean> {
  const moved = await tx
    .updateTable('image')
    .set({ storage_server_id: to })
    .where('id', '=', id)
    .where('storage_server_id', '=', from)
    .where('state', '=', 'ready')
    .returning('name')
    .executeTakeFirst();
  if (!moved) return false;
  const subject = { kind: 'image', id, name: moved.name } as const;
  await recordEvent(tx, { kind: 'image.moved', subject, data: { from, to }, operation });
  return true;
}

/** What a Storage Server must know to take it in from another one. Throws `wrong-state` when it is not ready. */
export function contentOf(image: ImageRow): CheckedImage & { id: ImageId } {
  const { id, name, state, format, sha256, size_bytes: sizeBytes, virtual_size_bytes: virtualSizeBytes } = image;
  if (state !== 'ready' || format === null || sha256 === null || virtualSizeBytes === null)
    throw new PlatformError('wrong-state', say('image.only-ready-moves', { name, state: say(`image.state-${state}`) }));
  return { id, format, sizeBytes, virtualSizeBytes, sha256 };
}

/** Throws `in-use` with the names. Instances that take an image wait for its lock, so nobody slips in behind. */
export async function requireUnused(db: Kysely<Database>, image: Pick<ImageRow, 'id' | 'name'>): Promise<void> {
  const users = await db
    .selectFrom('instance')
    .select('name')
    .where('id', 'in', usersOf(image.id))
    .orderBy('name')
    .limit(11)
    .execute();
  if (users.length === 0) return;
  const names = users.slice(0, 10).map(({ name }) => `«${name}»`);
  if (users.length > names.length) names.push('…');
  throw new PlatformError('in-use', say('image.used-by', { name: image.name, names: names.join(', ') }));
}

function usersOf(id: ImageId): RawBuilder<InstanceId> {
  return sql`(
    select instance_id from disk where image_id = ${id}
    union all select instance.id from instance where iso_image_id = ${id})`;
}

/** `origin`: of the platform as the client knows it. `uploadedBytes`: how much has arrived, where that is known better than from the row. */
export function imageOf(row: ShownImage, origin: string, uploadedBytes = row.uploaded_bytes): Image {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    kind: row.kind,
    state: row.state,
    sizeBytes: row.size_bytes,
    uploadedBytes,
    format: row.format,
    virtualSizeBytes: row.virtual_size_bytes,
    sha256: row.sha256,
    error: row.error,
    instanceCount: row.instance_count,
    storageServer:
      row.storage_server_id === null ? null : { id: row.storage_server_id, name: row.storage_server_name ?? '' },
    uploadUrl: row.state === 'uploading' ? `${origin}${apiPrefix}/images/${row.id}/content` : null,
    createdAt: isoTime(row.created_at.getTime()),
    operation: row.operation_id,
  };
}
