/**
 * The intent log. Every write is guarded by the runner's epoch, so whoever has lost its lease and does not know it yet can
 * change nothing. One commit closes an action and opens the next.
 */
import { type OperationId, type OperationState, operationEnded, type Target } from '@zhiyun/contracts';
import { recordEvent, type Store, type Tx } from '@zhiyun/store';
import { sql } from 'kysely';
import { type JournalState, progressOf } from './journal-state.ts';
import type { OperationRow } from './operation-row.ts';

/** Rung at commit with the id of an operation that has ended or is stuck. */
export const settledChannel = 'zhiyun_operation';

export interface JournalEntry {
  readonly operationId: OperationId;
  readonly journal: JournalState;
}

/** For tests: around each commit of the journal. */
export interface JournalHooks {
  beforeWrite?(entry: Pick<JournalEntry, 'operationId'>): void | Promise<void>;
  afterWrite?(entry: JournalEntry): void | Promise<void>;
}

/** Who may write: the runner that holds the operation, in the life in which it took it. */
export interface Claim {
  readonly runner: string;
  readonly epoch: number;
}

/** The operation belongs to another runner, or to another life of this one. */
export class ClaimLost extends Error {
  constructor() {
    super('The operation was taken over by another runner.');
    this.name = 'ClaimLost';
  }
}

export class Journal {
  readonly #store: Store;
  readonly #hooks: JournalHooks;

  constructor(store: Store, hooks: JournalHooks) {
    this.#store = store;
    this.#hooks = hooks;
  }

  /** One commit; `work` answers the journal as it is then, and whatever else it likes. */
  async commit<T extends { journal: JournalState }>(
    operationId: OperationId,
    work: (tx: Tx) => Promise<T>,
  ): Promise<T> {
    await this.#hooks.beforeWrite?.({ operationId });
    const answer = await this.#store.tx(work);
    await this.#hooks.afterWrite?.({ operationId, journal: answer.journal });
    return answer;
  }
}

/** Answers whether a cancel was asked for. Throws `ClaimLost`. */
export async function writeJournal(tx: Tx, row: OperationRow, claim: Claim, journal: JournalState): Promise<boolean> {
  const settled = operationEnded(journal.state) || journal.state === 'stuck';
  const written = await tx
    .updateTable('operation')
    .set({
      state: journal.state,
      cursor: journal.cursor,
      steps: [...journal.steps],
      memory: journal.memory,
      error: journal.error,
      progress: progressOf(journal),
      ...(operationEnded(journal.state) && { ended_at: sql<Date>`clock_timestamp()` }),
    })
    .where('id', '=', row.id)
    .where('runner', '=', claim.runner)
    .where('epoch', '=', claim.epoch)
    .where('state', 'in', ['pending', 'running', 'undoing'])
    .returning('cancel_requested')
    .executeTakeFirst();
  if (!written) throw new ClaimLost();
  if (settled) {
    await recordOperationEvent(tx, row, journal);
    await sql`select pg_notify(${settledChannel}, ${row.id})`.execute(tx);
  }
  return written.cancel_requested;
}

const severities: Partial<Record<OperationState, 'warning' | 'error'>> = {
  failed: 'error',
  stuck: 'error',
  cancelled: 'warning',
};

/** `operation.started`, `.succeeded`, `.failed`, `.cancelled`, `.stuck`: about the target, with the kind of operation. */
export async function recordOperationEvent(tx: Tx, row: OperationRow, journal: JournalState): Promise<void> {
  const subject: Target = { kind: row.target_kind, id: row.target_id, name: row.target_name };
  const what = journal.state === 'pending' || journal.state === 'running' ? 'started' : journal.state;
  const actor =
    row.created_by_id && row.created_by_name !== null ? { id: row.created_by_id, username: row.created_by_name } : null;
  await recordEvent(tx, {
    kind: `operation.${what}`,
    severity: severities[journal.state] ?? 'info',
    subject,
    data: { kind: row.kind, ...(journal.error && { code: journal.error.code, detail: journal.error.detail }) },
    actor,
    operation: row.id,
  });
}
