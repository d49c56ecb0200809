/** Writes an action's progress, throttled and coalesced (the newest value wins), never after the action has ended. */
import type { OperationId } from '@zhiyun/contracts';
import type { Clock } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import type { Claim } from './journal.ts';
import type { JournalState } from './journal-state.ts';

const intervalMs = 300;

export class ProgressWriter {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #id: OperationId;
  readonly #claim: Claim;
  #latest: { journal: JournalState; progress: number } | undefined;
  #writing: Promise<void> | undefined;
  #over = new AbortController();

  constructor(store: Store, clock: Clock, id: OperationId, claim: Claim) {
    this.#store = store;
    this.#clock = clock;
    this.#id = id;
    this.#claim = claim;
  }

  report(journal: JournalState, progress: number): void {
    this.#latest = { journal, progress };
    this.#writing ??= this.#write(this.#over.signal);
  }

  /** Resolves once no write is in flight or pending. */
  async stop(): Promise<void> {
    this.#latest = undefined;
    if (!this.#writing) return;
    this.#over.abort();
    await this.#writing;
    this.#writing = undefined;
    this.#over = new AbortController();
  }

  async #write(over: AbortSignal): Promise<void> {
    try {
      while (this.#latest && !over.aborted) {
        const { journal, progress } = this.#latest;
        this.#latest = undefined;
        await this.#store.db
          .updateTable('operation')
          .set({ steps: [...journal.steps], progress })
          .where('id', '=', this.#id)
          .where('runner', '=', this.#claim.runner)
          .where('epoch', '=', this.#claim.epoch)
          .execute();
        await this.#clock.sleep(intervalMs, over);
      }
    } catch {
      // Only for show: a database that is away is met, and reported, by the journal.
    } finally {
      if (!over.aborted) this.#writing = undefined;
    }
  }
}
