/**
 * Slows down guessing. An attempt is counted before the password is checked, so that a burst of parallel guesses counts
 * in full, and taken back when it was right. Kept in the database: all Control Servers count together.
 *
 * Three counts: account and address (somebody guesses one password), address (somebody tries many accounts), account
 * (many addresses try one account). The last does not bind addresses its owner has signed in from, so nobody is locked
 * out of his own account by others.
 */
import { say, type UserId } from '@zhiyun/contracts';
import { type Clock, PlatformError } from '@zhiyun/kernel';
import type { Store, Tx } from '@zhiyun/store';
import { sql } from 'kysely';

interface Limit {
  kind: 'account-address' | 'address' | 'account';
  /** Failures within the window that cost nothing. */
  free: number;
}
const accountAndAddress: Limit = { kind: 'account-address', free: 5 };
const addressAlone: Limit = { kind: 'address', free: 30 };
const accountAlone: Limit = { kind: 'account', free: 20 };

/** Failures older than this are forgotten. */
export const loginFailureWindowMs = 15 * 60_000;
const maxBlockSeconds = 60;

export interface LoginAttempt {
  username: string;
  address: string;
  /** Null: no such user. Nothing here shows the difference. */
  userId: UserId | null;
}

export class LoginThrottle {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Throws `too-many-requests` while the account or the address must wait. */
  async count(attempt: LoginAttempt): Promise<void> {
    await this.#store.tx(async (tx) => {
      const limits = (await isKnownAddress(tx, attempt))
        ? [accountAndAddress, addressAlone]
        : [accountAndAddress, addressAlone, accountAlone];
      for (const limit of limits) await this.#countOne(tx, limit, attempt);
    });
  }

  /** The password was right. */
  async forgive(attempt: LoginAttempt & { userId: UserId }): Promise<void> {
    const now = new Date(this.#clock.now());
    await this.#store.tx(async (tx) => {
      await tx.deleteFrom('login_failure').where('key', '=', keyOf(accountAndAddress, attempt)).execute();
      await tx
        .updateTable('login_failure')
        .set({ failures: sql`greatest(1, failures - 1)` })
        .where('key', 'in', [keyOf(addressAlone, attempt), keyOf(accountAlone, attempt)])
        .execute();
      await tx
        .insertInto('login_address')
        .values({ user_id: attempt.userId, address: attempt.address, last_login_at: now })
        .onConflict((conflict) => conflict.columns(['user_id', 'address']).doUpdateSet({ last_login_at: now }))
        .execute();
    });
  }

  async #countOne(tx: Tx, limit: Limit, attempt: LoginAttempt): Promise<void> {
    const now = sql`${new Date(this.#clock.now())}::timestamptz`;
    const forgotten = new Date(this.#clock.now() - loginFailureWindowMs);
    const { rows } = await sql`
      insert into login_failure as known (key, failures, last_failed_at, blocked_until)
      values (${keyOf(limit, attempt)}, 1, ${now}, ${now})
      on conflict (key) do update set
        failures = case when known.last_failed_at < ${forgotten} then 1 else known.failures + 1 end,
        last_failed_at = ${now},
        blocked_until = case
          when known.last_failed_at < ${forgotten} or known.failures < ${limit.free}::int then ${now}
          else ${now} + interval '1 second' * least(${maxBlockSeconds}::int, power(2, least(10, known.failures - ${limit.free}::int)))
        end
      where known.blocked_until <= ${now}
      returning 1`.execute(tx);
    if (rows.length > 0) return;
    const { blocked_until: until } = await tx
      .selectFrom('login_failure')
      .select('blocked_until')
      .where('key', '=', keyOf(limit, attempt))
      .executeTakeFirstOrThrow();
    const retryAfterSeconds = Math.max(1, Math.ceil((until.getTime() - this.#clock.now()) / 1000));
    const sentence = say('identity.too-many-failures', { wait: retryAfterSeconds });
    throw new PlatformError('too-many-requests', sentence, { retryAfterSeconds });
  }
}

function keyOf({ kind }: Limit, { username, address }: LoginAttempt): string {
  if (kind === 'account-address') return `${kind}:${username}:${address}`;
  return `${kind}:${kind === 'account' ? username : address}`;
}

async function isKnownAddress(tx: Tx, { userId, address }: LoginAttempt): Promise<boolean> {
  const row = await tx
    .selectFrom('login_address')
    .select('user_id')
    // No user: the same query, so that it takes the same time.
    .where('user_id', '=', userId ?? ('00000000-0000-7000-8000-000000000000' as UserId))
    .where('address', '=', address)
    .executeTakeFirst();
  return row !== undefined;
}
