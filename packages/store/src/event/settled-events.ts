/**
 * Reading events in order without losing one. Numbers are given out before commit: number 6 may be visible while 5 is still
 * to come, or was rolled back and never comes. So a gap is only passed once every transaction that was in progress when the
 * gap was first seen has ended. That is enough, because a writer has its transaction id before it takes its number (the
 * order of the columns in `event`): whoever holds 5 began before 6 could be seen.
 */
import type { Event } from '@zhiyun/contracts';
import { systemClock } from '@zhiyun/kernel';
import { type RawBuilder, sql } from 'kysely';
import type { Store } from '../open-store.ts';
import { eventOf } from './event-rows.ts';

export const gapPollMs = 20;
const batchSize = 500;

/** Ids of the oldest running and of the next transaction, as the statement's own snapshot has them. */
const oldestRunning = sql<string>`pg_snapshot_xmin(pg_current_snapshot())::text`;
const nextToCome = sql<string>`pg_snapshot_xmax(pg_current_snapshot())::text`;

export class SettledEvents {
  readonly #store: Store;
  /** Everything at or below is final: it was read, or it never comes. */
  #settled: number;
  /** Gaps up to `seq` are passed when no transaction older than `transaction` runs any more. */
  #barrier: { seq: number; transaction: bigint } | undefined;

  private constructor(store: Store, settled: number) {
    this.#store = store;
    this.#settled = settled;
  }

  /** Begins after the newest event there is; waits for the transactions that run now. */
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

  /** The next events in order; empty when there are none yet. `gap`: there are some behind a gap; ask again soon. */
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

  /** The database is an earlier one: a backup was restored, or a standby took over that had not received everything. */
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

/** Number of the newest event. Whatever is not yet visible when this resolves gets a higher one. */
export async function newestEvent(store: Store): Promise<number> {
  return (await SettledEvents.fromNow(store)).settled;
}

/** Numbers of the oldest and the newest event that are kept; undefined when there is none. */
export async function knownEvents(store: Store): Promise<{ oldest: number | undefined; newest: number | undefined }> {
  const { rows } = await sql<{ oldest: number | null; newest: number | null }>`
    select min(seq) as oldest, max(seq) as newest from event`.execute(store.db);
  return { oldest: rows[0]?.oldest ?? undefined, newest: rows[0]?.newest ?? undefined };
}
