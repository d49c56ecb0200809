/** Join tokens: kept as hashes, limited to roles, good until they expire, and for any number of components until then. */
import { createHash, randomBytes } from 'node:crypto';
import type { ComponentType } from '@zhiyun/contracts/links';
import { type Clock, PlatformError } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';

/** A new token's secret; only its hash is kept. */
export async function addJoinSecret(
  store: Store,
  clock: Clock,
  { roles, expiresInSeconds }: { roles: readonly ComponentType[]; expiresInSeconds: number },
): Promise<string> {
  const secret = randomBytes(32).toString('base64url');
  const now = clock.now();
  await store.db.deleteFrom('join_token').where('expires_at', '<', new Date(now)).execute();
  await store.db
    .insertInto('join_token')
    .values({
      secret_hash: hashOf(secret),
      roles: [...roles],
      expires_at: new Date(now + expiresInSeconds * 1000),
      created_at: new Date(now),
    })
    .execute();
  return secret;
}

/** Throws `join-refused` when the secret does not let a component of this type in. */
export async function checkJoinSecret(store: Store, clock: Clock, secret: string, type: ComponentType): Promise<void> {
  const token = await store.db
    .selectFrom('join_token')
    .select(['roles', 'expires_at'])
    .where('secret_hash', '=', hashOf(secret))
    .executeTakeFirst();
  if (!token) throw new PlatformError('join-refused', 'The join token is not known in this domain; ask for a new one.');
  if (token.expires_at.getTime() <= clock.now()) {
    throw new PlatformError(
      'join-refused',
      `The join token expired at ${token.expires_at.toISOString()}; ask for a new one.`,
    );
  }
  if (!token.roles.includes(type)) {
    throw new PlatformError(
      'join-refused',
      `The join token is for ${token.roles.join(', ')}, not for a ${type}; ask for one of the right role.`,
    );
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
