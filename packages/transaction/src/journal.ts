/**
 * Write-ahead intent log of operations. Every write is fenced by the runner's epoch, so a runner that lost its lease
 * unknowingly changes nothing. One commit closes an action and opens the next.
 */
import { type OperationId, type OperationState, operationEnded, type Target } from '@zhiyun/contracts';
import { Batches } from '@zhiyun/kernel';
import {
  anyOf,
  CommitUnknown,
  type Database,
  insertEvents,
  type NewEvent,
  ringEvents,
  type Store,
  type Tx,
} from '@zhiyun/store';
import { type Kysely, sql } from 'kysely';
import { type JournalState, progressOf } from './journal-state.ts';
import type { OperationRow } from './operation-row.ts';

/** Notified at commit with the id of an operation that ended or got stuck. */
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

/** Right to write: the runner that holds the operation, with the epoch (fencing token) of its claim. */
export interface Claim {
  readonly runner: string;
  readonly epoch: number;
}

/** Fenced off: the operation belongs to another runner, or to a later epoch of this one. */
export class ClaimLost extends Error {
  constructor() {
    super('The operation was taken over by another runner.');
    this.name = 'ClaimLost';
  }
}

/** Group commit: answers to operations that began together arrive within a few milliseconds. */
const crowd = { size: 3, waitMs: 5 };

export class Journal {
  readonly #store: Store;
  readonly #hooks: JournalHooks;
  readonly #writes: Batches<JournalWrite, Error | undefined>;
  readonly #together = new Map<unknown, Batches<{ context: unknown; write: JournalWrite }, boolean>>();

  constructor(store: Store, hooks: JournalHooks) {
    this.#store = store;
    this.#hooks = hooks;
    this.#writes = new Batches(
      async (writes) => {
        const written = await store.single((db) => writeJournals(db, writes));
        return Promise.all(writes.map((write) => (written.has(write.row.id) ? undefined : whyNot(store.db, write))));
      },
      { crowd },
    );
  }

  /** Runs `work` in one commit; it returns the new journal and anything else. */
  async commit<T extends { journal: JournalState }>(
    operationId: OperationId,
    work: (tx: Tx) => Promise<T>,
  ): Promise<T> {
    await this.#hooks.beforeWrite?.({ operationId });
    const answer = await this.#store.tx(work);
    await this.#hooks.afterWrite?.({ operationId, journal: answer.journal });
    return answer;
  }

  /** Like `commit`, for several operations at once. */
  async commitAll<T>(entries: readonly JournalEntry[], work: (tx: Tx) => Promise<T>): Promise<T> {
    for (const entry of entries) await this.#hooks.beforeWrite?.(entry);
    const answer = await this.#store.tx(work);
    for (const entry of entries) await this.#hooks.afterWrite?.(entry);
    return answer;
  }

  /**
   * Writes the journal only; concurrent writes of several operations share a commit (group commit). Throws `ClaimLost`,
   * `CancelHeard`.
   */
  async write(write: JournalWrite): Promise<void> {
    const entry = entryOf(write);
    await this.#hooks.beforeWrite?.(entry);
    const failure = await this.#writes.run(write);
    if (failure) throw failure;
    await this.#hooks.afterWrite?.(entry);
  }

  /**
   * Writes records and journal in one commit shared with concurrent operations that use the same `records`. False: the
   * shared commit failed and nothing was written; write each alone.
   */
  async writeTogether<Context>(records: WriteAll<Context>, context: Context, write: JournalWrite): Promise<boolean> {
    const entry = entryOf(write);
    await this.#hooks.beforeWrite?.(entry);
    const together = this.#together.get(records) ?? this.#newGroup(records);
    this.#together.set(records, together);
    if (!(await together.run({ context, write }))) return false;
    await this.#hooks.afterWrite?.(entry);
    return true;
  }

  #newGroup<Context>(records: WriteAll<Context>): Batches<{ context: unknown; write: JournalWrite }, boolean> {
    const writeAll = async (members: readonly { context: unknown; write: JournalWrite }[]) => {
      try {
        await this.#store.tx(async (tx) => {
          await records(
            tx,
            members.map(({ context }) => context as Context),
          );
          const writes = members.map(({ write }) => write);
          const written = await writeJournals(tx, writes);
          if (written.size < writes.length) throw new ClaimLost();
        });
        return members.map(() => true);
      } catch (error) {
        if (error instanceof CommitUnknown) throw error;
        return members.map(() => false);
      }
    };
    return new Batches(writeAll, { crowd });
  }
}

/** Writes the records of several operations; when it throws, each is written alone. */
export type WriteAll<Context> = (tx: Tx, contexts: readonly Context[]) => Promise<void>;

/** Thrown instead of writing when a cancel was requested. */
export class CancelHeard extends Error {}

export interface JournalWrite {
  row: OperationRow;
  claim: Claim;
  journal: JournalState;
  /** Do not write if a cancel was requested. */
  heedCancel?: boolean;
}

function entryOf({ row, journal }: JournalWrite): JournalEntry {
  return { operationId: row.id, journal };
}

/** Throws `ClaimLost`, `CancelHeard`. */
export async function writeJournal(db: Kysely<Database>, write: JournalWrite): Promise<void> {
  const { size } = await writeJournals(db, [write]);
  if (size === 0) throw await whyNot(db, write);
}

/** One auto-committed statement. Returns the ids written; writes that are not allowed are left out. */
async function writeJournals(db: Kysely<Database>, writes: readonly JournalWrite[]): Promise<Set<OperationId>> {
  const given = writes.map(({ row, claim, journal, heedCancel = false }) => ({
    id: row.id,
    runner: claim.runner,
    epoch: claim.epoch,
    state: journal.state,
    cursor: journal.cursor,
    steps: journal.steps,
    memory: journal.memory,
    error: journal.error,
    progress: progressOf(journal),
    ended: operationEnded(journal.state),
    heed_cancel: heedCancel,
  }));
  const ids = anyOf(given.map(({ id }) => id));
  const settled = writes.filter(({ journal: { state } }) => operationEnded(state) || state === 'stuck');
  const events = settled.map(({ row, journal }) => operationEvent(row, journal));
  const told = sql`, told as (${insertEvents(events, { part: 'written', by: 'operation_id' })})`;
  const rung = sql`, (select count(${ringEvents}) from told),
    case when settled then pg_notify(${sql.lit(settledChannel)}, id::text) end`;
  const { rows } = await sql<{ id: OperationId }>`
    with written as (
      update operation set state = given.state, cursor = given.cursor, steps = given.steps, memory = given.memory,
        error = given.error, progress = given.progress, ended_at = case when given.ended then clock_timestamp() end
      from jsonb_to_recordset(${given}::jsonb) as given (id uuid, runner text, epoch bigint, state text, cursor integer,
        steps jsonb, memory jsonb, error jsonb, progress double precision, ended boolean, heed_cancel boolean)
      where operation.id = given.id and operation.id = ${ids}
        and operation.runner = given.runner and operation.epoch = given.epoch
        and operation.state in ('pending', 'running', 'undoing')
        and not (given.heed_cancel and operation.cancel_requested)
      returning operation.id, given.ended or given.state = 'stuck' as settled
    ) ${events.length > 0 ? told : sql``}
    select id ${events.length > 0 ? rung : sql``} from written`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

async function whyNot(db: Kysely<Database>, { row, claim, heedCancel }: JournalWrite): Promise<Error> {
  return heedCancel && (await isOurs(db, row, claim)) ? new CancelHeard() : new ClaimLost();
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
export function operationEvent(row: Subject, journal: Pick<JournalState, 'state' | 'error'>): NewEvent {
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
