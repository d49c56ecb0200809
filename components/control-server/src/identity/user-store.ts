/** The rows of users. */

import { isUuid, type User } from '@zhiyun/contracts';
import { isoTime } from '@zhiyun/kernel';
import { type Database, decodeCursor, encodeCursor, type Store, type Tx } from '@zhiyun/store';
import { type Kysely, type Selectable, sql } from 'kysely';
import { notFound } from '../rest/named.ts';

export type UserRow = Selectable<Database['app_user']>;

export function userOf(row: UserRow): User {
  const { id, username, role } = row;
  const createdAt = isoTime(row.created_at.getTime());
  return { id, username, role, mustChangePassword: row.must_change_password, createdAt };
}

export function findByUsername(db: Kysely<Database>, username: string): Promise<UserRow | undefined> {
  return db.selectFrom('app_user').selectAll().where('username', '=', username).executeTakeFirst();
}

/**
 * By id or username, locked together with all administrators, in one order: of two who take each other's role one comes
 * second, and sees that he is the last. Throws `not-found`.
 */
export async function lockUser(tx: Tx, reference: string): Promise<{ user: UserRow; isLastAdministrator: boolean }> {
  const key = isUuid(reference) ? 'id' : 'username';
  const rows = await tx
    .selectFrom('app_user')
    .selectAll()
    .where((eb) => eb.or([eb(key, '=', reference), eb('role', '=', 'administrator')]))
    .orderBy('id')
    .forUpdate()
    .execute();
  const user = rows.find((row) => row[key] === reference);
  if (!user) throw notFound('user', reference);
  const others = rows.some((row) => row.role === 'administrator' && row.id !== user.id);
  return { user, isLastAdministrator: user.role === 'administrator' && !others };
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

/** Has any administrator chosen a password? Until then the one that was made at the first start is good. */
export async function anyOwnAdministratorPassword(store: Pick<Store, 'db'>): Promise<boolean> {
  const row = await store.db
    .selectFrom('app_user')
    .select('id')
    .where('role', '=', 'administrator')
    .where('must_change_password', '=', false)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
