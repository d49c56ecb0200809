/**
 * Leases: an exclusive right to act under a name until it expires, by the database's clock only. The epoch grows with
 * every acquisition and is the fencing token: pass it to whatever must refuse a former holder.
 */
import { sql } from 'kysely';
import type { Store } from './open-store.ts';

export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly epoch: number;
}

/**
 * Acquires the lease if it is free, expired, or the holder's own from an earlier life, which is thereby fenced off.
 * `undefined`: another holder has it.
 */
export async function acquireLease(
  store: Store,
  name: string,
  holder: string,
  ttlMs: number,
): Promise<Lease | undefined> {
  const { rows } = await sql<{ epoch: number }>`
    insert into lease (name, holder, epoch, expires_at) values (${name}, ${holder}, 1, ${until(ttlMs)})
    on conflict (name) do update
      set holder = excluded.holder, epoch = lease.epoch + 1, expires_at = excluded.expires_at
      where lease.expires_at <= clock_timestamp() or lease.holder = excluded.holder
    returning epoch`.execute(store.db);
  return rows[0] && { name, holder, epoch: rows[0].epoch };
}

/** Extends the lease. False: lost or expired; acquire it anew, under a new epoch. */
export async function renewLease(store: Store, lease: Lease, ttlMs: number): Promise<boolean> {
  const { rows } = await sql`
    update lease set expires_at = ${until(ttlMs)}
    where name = ${lease.name} and holder = ${lease.holder} and epoch = ${lease.epoch} and expires_at > clock_timestamp()
    returning 1`.execute(store.db);
  return rows.length > 0;
}

/** Releases the lease by letting it expire now. The row stays, because its epoch must never restart. */
export async function releaseLease(store: Store, lease: Lease): Promise<void> {
  await sql`
    update lease set expires_at = clock_timestamp()
    where name = ${lease.name} and holder = ${lease.holder} and epoch = ${lease.epoch}`.execute(store.db);
}

function until(ttlMs: number) {
  return sql`clock_timestamp() + ${ttlMs} * interval '1 millisecond'`;
}
