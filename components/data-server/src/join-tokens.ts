/**
 * Join tokens: stored as hashes, limited to roles, a time and, optionally, a number of uses. An exhausted or expired
 * one is kept for a day, so that its holder learns the reason.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { JoinTokenId, JoinTokenInfo } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import { type Clock, isoTime, newId, PlatformError } from '@zhiyun/kernel';
import type { Store, Tx } from '@zhiyun/store';
import { sql } from 'kysely';

const dayMs = 24 * 3600 * 1000;

export interface NewJoinToken {
  roles: readonly ComponentType[];
  expiresInSeconds: number;
  /** Absent or null: any number. */
  uses?: number | null | undefined;
  /** Username. */
  createdBy?: string | undefined;
}

/** Returns the secret once: only its hash is stored. */
export async function createJoinToken(
  store: Store,
  clock: Clock,
  { roles, expiresInSeconds, uses, createdBy }: NewJoinToken,
): Promise<{ info: JoinTokenInfo; secret: string }> {
  const secret = randomBytes(32).toString('base64url');
  const now = clock.now();
  const row = {
    id: newId<JoinTokenId>(),
    roles: [...new Set(roles)],
    expires_at: new Date(now + expiresInSeconds * 1000),
    uses_left: uses ?? null,
    created_at: new Date(now),
    created_by: createdBy ?? null,
  };
  await store.db
    .deleteFrom('join_token')
    .where('expires_at', '<', new Date(now - dayMs))
    .execute();
  await store.db
    .insertInto('join_token')
    .values({ ...row, secret_hash: hashOf(secret) })
    .execute();
  return { info: infoOf(row), secret };
}

/** Tokens that are still valid, newest first. */
export async function listJoinTokens(store: Store, clock: Clock): Promise<JoinTokenInfo[]> {
  const rows = await store.db
    .selectFrom('join_token')
    .select(['id', 'roles', 'expires_at', 'uses_left', 'created_at', 'created_by'])
    .where('expires_at', '>', new Date(clock.now()))
    .where('revoked_at', 'is', null)
    .where(({ eb, or }) => or([eb('uses_left', 'is', null), eb('uses_left', '>', 0)]))
    .orderBy('id', 'desc')
    .execute();
  return rows.map(infoOf);
}

/** Idempotent. */
export async function revokeJoinToken(store: Store, clock: Clock, id: JoinTokenId): Promise<void> {
  const now = new Date(clock.now());
  await store.db
    .updateTable('join_token')
    .set({ revoked_at: now, expires_at: endOfInterest(now) })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
}

/** Consumes one use for a component of this type. Throws `join-refused`. */
export async function useJoinToken(tx: Tx, clock: Clock, secret: string, type: ComponentType): Promise<void> {
  const token = await tx
    .selectFrom('join_token')
    .select(['id', 'roles', 'expires_at', 'uses_left', 'revoked_at'])
    .where('secret_hash', '=', hashOf(secret))
    .executeTakeFirst();
  if (!token) throw refused('is not known in this domain');
  if (token.revoked_at) throw refused(`was revoked at ${token.revoked_at.toISOString()}`);
  if (token.uses_left === 0) throw refused('has been used up');
  if (token.expires_at.getTime() <= clock.now()) throw refused(`expired at ${token.expires_at.toISOString()}`);
  if (!token.roles.includes(type)) throw refused(`is for ${token.roles.join(', ')}, not for a ${type}`);
  // One for everybody is not locked: thousands join by it at once.
  if (token.uses_left === null) return;
  const { numUpdatedRows } = await tx
    .updateTable('join_token')
    .set({
      uses_left: sql`uses_left - 1`,
      expires_at: sql`case when uses_left = 1 then ${endOfInterest(new Date(clock.now()))} else expires_at end`,
    })
    .where('id', '=', token.id)
    .where('uses_left', '>', 0)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw refused('has been used up');
}

function endOfInterest(now: Date) {
  return sql<Date>`least(expires_at, ${now}::timestamptz)`;
}

function refused(why: string): PlatformError {
  return new PlatformError('join-refused', `The join token ${why}; ask the domain’s administrator for a new one.`);
}

function infoOf(row: {
  id: JoinTokenId;
  roles: ComponentType[];
  expires_at: Date;
  uses_left: number | null;
  created_at: Date;
  created_by: string | null;
}): JoinTokenInfo {
  return {
    id: row.id,
    roles: row.roles,
    expiresAt: isoTime(row.expires_at.getTime()),
    usesLeft: row.uses_left,
    createdAt: isoTime(row.created_at.getTime()),
    createdBy: row.created_by,
  };
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
