/** The registry as rows: who has joined, who was removed, and where everybody is. */
import type { ComponentId } from '@zhiyun/contracts';
import type { ComponentRecord, ComponentType, LinkEndpoint } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { componentCertificateMs } from '@zhiyun/link';
import { anyOf, type Store, type Tx } from '@zhiyun/store';
import { sql } from 'kysely';

/** Notified at commit with the id of the changed component. */
export const registrationChannel = 'zhiyun_registration';

/** How long a removed component stays on the revocation list: the life of its last certificate and a day. */
const removedMs = componentCertificateMs + 24 * 3600 * 1000;
const removedOfLate = sql<boolean>`removed_at > clock_timestamp() - ${removedMs} * interval '1 millisecond'`;

export interface ComponentName {
  id: ComponentId;
  type: ComponentType;
}

export interface Registered {
  record: ComponentRecord;
  /** Identifies this registration; the component's next one gets another. */
  session: string;
  /** The Data Server that holds its stream. */
  dataServerId: ComponentId;
}

export interface ReadComponents {
  registered: Registered[];
  removed: ComponentId[];
}

/** Components with these ids; without `ids` all registered and recently removed ones. */
export async function readComponents(store: Store, ids?: readonly ComponentId[]): Promise<ReadComponents> {
  const all = store.db
    .selectFrom('component')
    .leftJoin('registration', 'registration.component_id', 'component.id')
    .select(['component.id', 'type', 'removed_at', 'name', 'endpoint', 'state', 'session', 'data_server_id']);
  const rows = await (ids
    ? all.where('component.id', '=', anyOf(ids))
    : all.where(({ eb, or }) => or([eb('session', 'is not', null), removedOfLate]))
  ).execute();
  const read: ReadComponents = { registered: [], removed: [] };
  for (const { id, type, removed_at, name, endpoint, state, session, data_server_id: dataServerId } of rows) {
    if (removed_at) read.removed.push(id);
    else if (name !== null && endpoint && state && session !== null && dataServerId)
      read.registered.push({ record: { id, type, name, endpoint, state }, session, dataServerId });
  }
  return read;
}

/**
 * Changes with every change of what `readComponents` reads without `ids`, at a tenth of its cost: a written row gets
 * another `xmin`.
 */
export async function readVersion(store: Store): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    select concat(
      (select sum(hashtextextended(component_id::text, xmin::text::bigint)) from registration), ' ',
      (select sum(hashtextextended(id::text, xmin::text::bigint)) from component where ${removedOfLate})
    ) as version`.execute(store.db);
  return rows[0]?.version ?? '';
}

/** Compares field by field: a thirtieth of the time of `isDeepStrictEqual`, which counts with thousands. */
export function sameRegistered(one: Registered, other: Registered): boolean {
  return (
    one.session === other.session && one.dataServerId === other.dataServerId && sameRecord(one.record, other.record)
  );
}

export function sameRecord(one: ComponentRecord, other: ComponentRecord): boolean {
  return (
    one.id === other.id &&
    one.type === other.type &&
    one.name === other.name &&
    one.state === other.state &&
    sameEndpoint(one.endpoint, other.endpoint)
  );
}

function sameEndpoint(one: LinkEndpoint, other: LinkEndpoint): boolean {
  return (
    one.port === other.port &&
    one.machine === other.machine &&
    one.hosts.length === other.hosts.length &&
    one.hosts.every((host, index) => host === other.hosts[index])
  );
}

export interface KnownComponent extends ComponentName {
  publicKeySha256: string;
  removedAt: Date | null;
}

export async function readComponent(db: Store['db'], id: ComponentId): Promise<KnownComponent | undefined> {
  return await db
    .selectFrom('component')
    .select(['id', 'type', 'public_key_sha256 as publicKeySha256', 'removed_at as removedAt'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** False: it existed already. */
export async function addComponent(
  db: Store['db'],
  { id, type, key, now }: ComponentName & { key: string; now: number },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('component')
    .values({ id, type, public_key_sha256: key, joined_at: new Date(now) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/**
 * Locks these components against concurrent registration and removal until the end of the transaction. Returns those
 * still in the domain.
 */
export async function lockComponents(tx: Tx, ids: readonly ComponentId[]): Promise<ReadonlySet<ComponentId>> {
  const { rows } = await sql<{ id: ComponentId; removed_at: Date | null }>`
    select id, removed_at from component where id = ${anyOf(ids)}
    order by id for no key update`.execute(tx);
  return new Set(rows.filter(({ removed_at }) => removed_at === null).map(({ id }) => id));
}

export async function ring(tx: Tx, ids: readonly ComponentId[]): Promise<void> {
  await sql`select pg_notify(${registrationChannel}, value) from jsonb_array_elements_text(${ids}::jsonb)`.execute(tx);
}

export function removedError(type: ComponentType): PlatformError {
  return new PlatformError(
    'component-removed',
    `This ${type} was removed from the domain for good. To let its machine in again, run \`zhiyun join\` there with a ` +
      'new token: it then is a new component.',
  );
}
