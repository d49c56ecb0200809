/**
 * Sole writer of an instance's ledger entry. Every change raises the sequence, takes effect in memory at once and is
 * durable when the call resolves, so concurrent events (a guest that ends) see present facts.
 */
import type { InstanceReport } from '@zhiyun/contracts/links';
import type { Ledger, LedgerEntry } from '../ledger/ledger.ts';
import { type InstanceChange, reportOf } from './order.ts';

export class InstanceRecord {
  #entry: LedgerEntry;
  readonly #addressOf: (entry: LedgerEntry) => string | null;
  readonly #ledger: Ledger;
  readonly #announce: (change: InstanceChange) => void;

  constructor(
    entry: LedgerEntry,
    options: {
      addressOf: (entry: LedgerEntry) => string | null;
      ledger: Ledger;
      announce: (change: InstanceChange) => void;
    },
  ) {
    this.#entry = entry;
    this.#addressOf = options.addressOf;
    this.#ledger = options.ledger;
    this.#announce = options.announce;
  }

  get entry(): LedgerEntry {
    return this.#entry;
  }

  get report(): InstanceReport {
    return reportOf(this.#entry, this.#addressOf(this.#entry));
  }

  /** Reverts the change and throws when it cannot be made durable. */
  async change(patch: Partial<LedgerEntry>): Promise<void> {
    const before = this.#entry;
    const written = this.#apply(patch);
    try {
      await this.#ledger.write(written);
    } catch (error) {
      const undo = Object.fromEntries(Object.keys(patch).map((key) => [key, before[key as keyof LedgerEntry]]));
      this.#entry = { ...this.#entry, ...(undo as Partial<LedgerEntry>) };
      throw error;
    }
  }

  /** Before the entry exists: memory only. */
  take(patch: Partial<LedgerEntry>): void {
    this.#entry = { ...this.#entry, ...patch };
  }

  /** For irreversible facts: kept in memory even when they cannot be written. */
  async note(patch: Partial<LedgerEntry>): Promise<void> {
    await this.#ledger.write(this.#apply(patch));
  }

  announce(): void {
    this.#announce({ type: 'instance', report: this.report });
  }

  announceGone(): void {
    this.#announce({ type: 'gone', instanceId: this.#entry.instanceId, sequence: this.#entry.sequence + 1 });
  }

  async withdraw(): Promise<void> {
    await this.#ledger.remove(this.#entry.instanceId);
  }

  #apply(patch: Partial<LedgerEntry>): LedgerEntry {
    this.#entry = { ...this.#entry, ...patch, sequence: this.#entry.sequence + 1 };
    return this.#entry;
  }
}
