/** Which Storage Server takes an image: the one that was asked for, else of those that answer the one with the most room. */

import { type Component, type ComponentId, isUuid, say } from '@zhiyun/contracts';
import { storageServerLink } from '@zhiyun/contracts/links';
import { fieldError, PlatformError } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import type { Store } from '@zhiyun/store';
import { sql } from 'kysely';
import { findComponent } from '../component/component-list.ts';
import { nounOf } from '../reference/named.ts';
import { resolveReference } from '../reference/resolve-reference.ts';

export interface StorageDeps {
  store: Store;
  member: Pick<Member, 'onlinePeers'>;
}

export interface StorageRoom {
  id: ComponentId;
  name: string;
  /** Free, less what uploads under way are still to bring. */
  freeBytes: number;
}

/** One that takes longer is not asked to keep an image now. */
const answerWithinMs = 2_000;

/** Throws `storage-unreachable` when none answers, `disk-full` when none has the room. `not`: to be left out. */
export async function chooseStorageServer(
  deps: StorageDeps,
  neededBytes: number,
  { not }: { not?: ComponentId } = {},
): Promise<ComponentId> {
  const rooms = await readRooms(deps);
  return mostRoom(
    rooms.filter(({ id }) => id !== not),
    neededBytes,
  ).id;
}

/**
 * The one that a request names in `storageServer`, by id or name. Throws `invalid-request` when it names none,
 * `storage-unreachable` when it does not answer or is being removed, `disk-full` when it has not the room.
 */
export async function askedStorageServer(
  deps: StorageDeps,
  reference: string,
  neededBytes: number,
): Promise<ComponentId> {
  const { id, name } = await namedStorageServer(deps, reference);
  const room = (await readRooms(deps, id))[0];
  if (!room) throw new PlatformError('storage-unreachable', say('image.keeper-offline', { name }));
  if (room.freeBytes >= neededBytes) return id;
  throw new PlatformError(
    'disk-full',
    say('image.keeper-full', { name, needed: neededBytes, free: Math.max(0, room.freeBytes) }),
  );
}

async function namedStorageServer({ store: { db } }: StorageDeps, reference: string): Promise<Component> {
  const exact = isUuid(reference) || reference.includes('@') ? reference : `storage-server@${reference}`;
  const component = await findComponent(db, [], await resolveReference(db, 'component', exact, 'storageServer'));
  if (component.type === 'storage-server') return component;
  throw new PlatformError('invalid-request', say('image.no-keeper', { reference, type: nounOf(component.type) }), {
    errors: [fieldError('storageServer', say('field.must-name', { kind: nounOf('storage-server') }))],
  });
}

export function mostRoom(rooms: readonly StorageRoom[], neededBytes: number): StorageRoom {
  const [best] = rooms.toSorted((a, b) => b.freeBytes - a.freeBytes);
  if (!best) throw new PlatformError('storage-unreachable', say('image.no-storage-server'));
  if (best.freeBytes >= neededBytes) return best;
  throw new PlatformError(
    'disk-full',
    say('image.all-full', { needed: neededBytes, free: Math.max(0, best.freeBytes), name: best.name }),
  );
}

/** Of all that answer and are not being taken out of the domain. `only`: of this one. */
async function readRooms({ store, member }: StorageDeps, only?: ComponentId): Promise<StorageRoom[]> {
  const [leaving, awaited] = await Promise.all([leavingComponents(store), awaitedBytes(store)]);
  const online = member.onlinePeers('storage-server').filter(({ id }) => only === undefined || id === only);
  const asked = online.filter(({ id }) => !leaving.has(id));
  const answers = asked.map(async (peer) => {
    const { freeBytes } = await peer.as(storageServerLink).listImages({}, { timeoutMs: answerWithinMs });
    return { id: peer.id, name: peer.name, freeBytes: freeBytes - (awaited.get(peer.id) ?? 0) };
  });
  return (await Promise.allSettled(answers)).flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}

async function leavingComponents({ db }: Store): Promise<Set<string>> {
  const rows = await db
    .selectFrom('operation')
    .select('target_id')
    .where('kind', '=', 'component.remove')
    .where('state', 'in', ['pending', 'running'])
    .execute();
  return new Set(rows.map(({ target_id }) => target_id));
}

async function awaitedBytes({ db }: Store): Promise<Map<ComponentId | null, number>> {
  const rows = await db
    .selectFrom('image')
    .select(['storage_server_id', sql<number>`sum(size_bytes - uploaded_bytes)`.as('bytes')])
    .where('state', '=', 'uploading')
    .groupBy('storage_server_id')
    .execute();
  return new Map(rows.map(({ storage_server_id, bytes }) => [storage_server_id, Number(bytes)]));
}
