/** The rows of users. */
import type { User, UserId } from '@zhiyun/contracts';
import { isUuid } from '@zhiyun/contracts';
import { isoTime, PlatformError } from '@zhiyun/kernel';
import { type Database, decodeCursor, encodeCursor, type Store, type Tx } from '@zhiyun/store';
import { type Kysely, type Selectable, sql } from 'kysely';

export type UserRow = Selectable<Database['app_user']>;

export function userOf(row: UserRow): User {
  const { id, username, role } = row;
  const createdAt = isoTime(row.created_at.getTime());
  return { id, username, role, mustChangePassword: row.must_change_password, createdAt };
}

export function findByUsername(db: Kysely<Database>, username: string): Promise<UserRow | undefined> {
  return db.selectFrom('app_user').selectAll().where('username', '=', username).executeTakeFirst();
}

/** By id or username, locked until the end of the transaction. Throws `not-found`. */
export async function lockUser(tx: Tx, reference: string): Promise<UserRow> {
  const query = tx.selectFrom('app_user').selectAll().forUpdate();
  const row = await query.where(isUuid(reference) ? 'id' : 'username', '=', reference).executeTakeFirst();
  if (row) return row;
  throw new PlatformError('not-found', `There is no user "${reference}"`);
}

/**
 * Throws unless an administrator remains beside this one. Locks all of them in one order, so that of two who take each
 * other's role one comes second.
 */
export async function requireAnotherAdministrator(tx: Tx, userId: UserId): Promise<void> {
  const administrators = tx.selectFrom('app_user').select('id').where('role', '=', 'administrator');
  const rows = await administrators.orderBy('id').forUpdate().execute();
  if (rows.some(({ id }) => id !== userId)) return;
  throw new PlatformError('in-use', 'This is the last administrator; make another user administrator first');
}

const sort = 'users:username';
export async function listUsers(store: Store, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
  let query = store.db
    .selectFrom('app_user')
    .selectAll()
    .orderBy('username')
    .limit(limit + 1);
  if (cursor !== undefined) query = query.where('username', '>', String(decodeCursor(sort, cursor)[0]));
  const rows = await query.execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(userOf),
    nextCursor: rows.length > limit && last ? encodeCursor(sort, [last.username]) : null,
  };
}

/** Serialises whoever makes users by rules over all of them. */
export async function lockAllUsers(tx: Tx): Promise<void> {
  await sql`lock table app_user in share row exclusive mode`.execute(tx);
}
