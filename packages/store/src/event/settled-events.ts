/**
 * Reads events in order without losing one. Numbers are assigned before commit: 6 may be visible while 5 is pending or
 * was rolled back. A gap is passed only when every transaction in progress at its first sighting has ended. That
 * suffices, because a writer gets its transaction id before its number (column order in `event`).
 */
import type { Event } from '@zhiyun/contracts';
import { systemClock } from '@zhiyun/kernel';
import { type RawBuilder, sql } from 'kysely';
import type { Store } from '../open-store.ts';
import { eventOf } from './event-rows.ts';

export const gapPollMs = 20;
const batchSize = 500;

/** Oldest running and next transaction id, from the statement's own snapshot. */
const oldestRunning = sql<string>`pg_snapshot_xmin(pg_current_snapshot())::text`;
const nextToCome = sql<string>`pg_snapshot_xmax(pg_current_snapshot())::text`;

export class SettledEvents {
  readonly #store: Store;
  /** High-water mark: everything up to here was read or will never come. */
  #settled: number;
  /** Gaps up to `seq` are final once no transaction older than `transaction` is running. */
  #barrier: { seq: number; transaction: bigint } | undefined;

  private constructor(store: Store, settled: number) {
    this.#store = store;
    this.#settled = settled;
  }

  /** Starts after the newest event, once the transactions in progress have ended. */
  static async fromNow(store: Store): Promise<SettledEvents> {
    const { rows } = await sql<{ seq: number; next: string }>`
      select coalesce(max(seq), 0) as seq, ${nextToCome} as next from event`.execute(store.db);
    const { seq, next } = rows[0] ?? { seq: 0, next: '0' };
    while ((await snapshot(store, oldestRunning)) < BigInt(next)) await systemClock.sleep(gapPollMs);
    return new SettledEvents(store, seq);
  }

  get settled(): number {
    return this.#settled;
  }

  /** Next events in order; may be empty. `gap`: some are behind a gap, poll again soon. */
  async read(): Promise<{ events: Event[]; gap: boolean }> {
    const rows = await this.#store.db
      .selectFrom('event')
      .selectAll()
      .select([oldestRunning.as('oldest'), nextToCome.as('next')])
      .where('seq', '>', this.#settled)
      .orderBy('seq')
      .limit(batchSize)
      .execute();
    const events: Event[] = [];
    for (const row of rows) {
      const gap = row.seq !== this.#settled + 1;
      if (gap && !this.#passes(row.seq, BigInt(row.oldest))) {
        this.#barrier = { seq: rows.at(-1)?.seq ?? row.seq, transaction: BigInt(row.next) };
        return { events, gap: true };
      }
      events.push(eventOf(row));
      this.#settled = row.seq;
    }
    return { events, gap: false };
  }

  /** Whether the database was rolled back: a restored backup, or a promoted standby that lagged behind. */
  async wentBack(): Promise<boolean> {
    const { newest } = await knownEvents(this.#store);
    return newest !== undefined && newest < this.#settled;
  }

  #passes(seq: number, oldest: bigint): boolean {
    return this.#barrier !== undefined && seq <= this.#barrier.seq && oldest >= this.#barrier.transaction;
  }
}

async function snapshot(store: Store, part: RawBuilder<string>): Promise<bigint> {
  const { rows } = await sql<{ id: string }>`select ${part} as id`.execute(store.db);
  return BigInt(rows[0]?.id ?? 0);
}

/** Newest event number. Whatever is not visible yet when this resolves gets a higher one. */
export async function newestEvent(store: Store): Promise<number> {
  return (await SettledEvents.fromNow(store)).settled;
}

/** Retained range of event numbers; `undefined` when there is none. */
export async function knownEvents(store: Store): Promise<{ oldest: number | undefined; newest: number | undefined }> {
  const { rows } = await sql<{ oldest: number | null; newest: number | null }>`
    select min(seq) as oldest, max(seq) as newest from event`.execute(store.db);
  return { oldest: rows[0]?.oldest ?? undefined, newest: rows[0]?.newest ?? undefined };
}
