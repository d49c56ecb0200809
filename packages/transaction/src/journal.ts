/**
 * The intent log. Every write is guarded by the runner's epoch, so whoever has lost its lease and does not know it yet can
 * change nothing. One commit closes an action and opens the next.
 */
import { type OperationId, type OperationState, operationEnded, type Target } from '@zhiyun/contracts';
import { type Database, insertEvent, type NewEvent, ringEvents, type Store, type Tx } from '@zhiyun/store';
import { type Kysely, sql } from 'kysely';
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

  /** One commit of nothing but the journal. Throws `ClaimLost`, `CancelHeard`. */
  async write(write: JournalWrite): Promise<void> {
    const entry = { operationId: write.row.id, journal: write.journal };
    await this.#hooks.beforeWrite?.(entry);
    await writeJournal(this.#store.db, write);
    await this.#hooks.afterWrite?.(entry);
  }
}

/** A cancel was asked for, and is heard here: nothing was written. */
export class CancelHeard extends Error {}

export interface JournalWrite {
  row: OperationRow;
  claim: Claim;
  journal: JournalState;
  /** Write nothing when a cancel was asked for. */
  heedCancel?: boolean;
}

/** One statement, so that it may be a commit of its own. Throws `ClaimLost`, `CancelHeard`. */
export async function writeJournal(db: Kysely<Database>, write: JournalWrite): Promise<void> {
  const { row, claim, journal, heedCancel = false } = write;
  const ended = operationEnded(journal.state);
  const settled = ended || journal.state === 'stuck';
  const written = sql`
    update operation set state = ${journal.state}, cursor = ${journal.cursor}, steps = ${journal.steps},
      memory = ${journal.memory}, error = ${journal.error}, progress = ${progressOf(journal)}
      ${ended ? sql`, ended_at = clock_timestamp()` : sql``}
    where id = ${row.id} and runner = ${claim.runner} and epoch = ${claim.epoch}
      and state in ('pending', 'running', 'undoing') ${heedCancel ? sql`and not cancel_requested` : sql``}
    returning id`;
  const told = sql`, told as (${insertEvent(operationEvent(row, journal), 'written')})`;
  const rung = sql`, pg_notify(${sql.lit(settledChannel)}, id::text), (select count(${ringEvents}) from told)`;
  const { rows } = await sql`
    with written as (${written}) ${settled ? told : sql``}
    select id ${settled ? rung : sql``} from written`.execute(db);
  if (rows.length > 0) return;
  throw heedCancel && (await isOurs(db, row, claim)) ? new CancelHeard() : new ClaimLost();
}

async function isOurs(db: Kysely<Database>, { id }: OperationRow, { runner, epoch }: Claim): Promise<boolean> {
  const found = await db
    .selectFrom('operation')
    .select('id')
    .where('id', '=', id)
    .where('runner', '=', runner)
    .where('epoch', '=', epoch)
    .where('state', 'in', ['pending', 'running', 'undoing'])
    .executeTakeFirst();
  return found !== undefined;
}

const severities: Partial<Record<OperationState, 'warning' | 'error'>> = {
  failed: 'error',
  stuck: 'error',
  cancelled: 'warning',
};

type Subject = Pick<
  OperationRow,
  'id' | 'kind' | 'target_kind' | 'target_id' | 'target_name' | 'created_by_id' | 'created_by_name'
>;

/** `operation.started`, `.succeeded`, `.failed`, `.cancelled`, `.stuck`: about the target, with the kind of operation. */
export function operationEvent(row: Subject, journal: JournalState): NewEvent {
  const subject: Target = { kind: row.target_kind, id: row.target_id, name: row.target_name };
  const what = journal.state === 'pending' || journal.state === 'running' ? 'started' : journal.state;
  const actor =
    row.created_by_id && row.created_by_name !== null ? { id: row.created_by_id, username: row.created_by_name } : null;
  return {
    kind: `operation.${what}`,
    severity: severities[journal.state] ?? 'info',
    subject,
    data: { kind: row.kind, ...(journal.error && { code: journal.error.code, detail: journal.error.detail }) },
    actor,
    operation: row.id,
  };
}
