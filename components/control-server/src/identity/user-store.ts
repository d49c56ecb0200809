/** The rows of users. */

import type { Page, User, UserId } from '@zhiyun/contracts';
import { isoTime } from '@zhiyun/kernel';
import { type Database, page, type Store, type Tx } from '@zhiyun/store';
import { type Kysely, type Selectable, sql } from 'kysely';
import { notFound } from '../reference/named.ts';

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
 * Locked together with all administrators, in one order: of two who take each other's role one comes
 * second, and sees that he is the last. Throws `not-found`.
 */
export async function lockUser(tx: Tx, id: UserId): Promise<{ user: UserRow; isLastAdministrator: boolean }> {
  const rows = await tx
    .selectFrom('app_user')
    .selectAll()
    .where((eb) => eb.or([eb('id', '=', id), eb('role', '=', 'administrator')]))
    .orderBy('id')
    .forUpdate()
    .execute();
  const user = rows.find((row) => row.id === id);
  if (!user) throw notFound('user', id);
  const others = rows.some((row) => row.role === 'administrator' && row.id !== user.id);
  return { user, isLastAdministrator: user.role === 'administrator' && !others };
}

export function listUsers({ db }: Store, query: { limit: number; cursor?: string | undefined }): Promise<Page<User>> {
  return page<UserRow, User>(query, {
    list: 'users:username',
    keyOf: ({ username }) => [username],
    read(after, count) {
      const users = db.selectFrom('app_user').selectAll().orderBy('username').limit(count);
      return (after ? users.where('username', '>', String(after[0])) : users).execute();
    },
    show: (rows) => rows.map(userOf),
  });
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
