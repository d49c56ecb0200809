/**
 * Admission: in one database transaction the operation is written, its target claimed (a unique index, so two control
 * servers cannot both have it), the caller's own rows written and the event recorded. Then it exists, or nothing does.
 */
import type { Operation, OperationId, Target } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { insertEvent, ringEvents, type Store, type Tx, violatedConstraint } from '@zhiyun/store';
import { type RawBuilder, sql } from 'kysely';
import { type Claim, type Journal, operationEvent } from './journal.ts';
import { type JournalState, newJournal, started } from './journal-state.ts';
import type { OperationRow } from './operation-row.ts';
import type { TransactionDefinition } from './types.ts';

export interface BeginRequest {
  /** Checked by the definition's schema. */
  params: unknown;
  /** Held until the operation has ended: nothing else may work on it. */
  target: Target;
  createdBy: Operation['createdBy'];
  /** The same key with the same hash answers the operation that the first one began. */
  idempotencyKey?: string | undefined;
  requestHash?: string | undefined;
  /** Rows that must exist exactly when the operation does. */
  within?: (tx: Tx, operationId: OperationId) => Promise<void>;
  /**
   * What the actions find in their memory from the start; `within` may still add to it. It is journaled with the end of the
   * first action, not before, so an action must be able to find it out anew after a crash.
   */
  memory?: Record<string, unknown>;
}

export interface Admission {
  row: OperationRow;
  /** False: it is the one of an earlier request with the same key. */
  isNew: boolean;
}

/** Throws `target-busy`, `idempotency-key-reused`, and whatever `within` throws. */
export async function beginOperation(options: {
  id: OperationId;
  store: Store;
  journal: Journal;
  definition: TransactionDefinition;
  claim: Claim;
  request: BeginRequest;
  at: string;
}): Promise<Admission> {
  const { id, store, journal, definition, request } = options;
  const initial = initialJournal(definition, options.at);
  try {
    return await journal.commit(id, async (tx) => {
      const row = await insertOperation(tx, newRow(id, definition, options.claim, request, initial), request, initial);
      if (!row) return { journal: initial, row: await operationOfKey(tx, request), isNew: false };
      await request.within?.(tx, id);
      return { journal: initial, row: { ...row, memory: { ...request.memory } }, isNew: true };
    });
  } catch (error) {
    if (violatedConstraint(error) === 'operation_active_target') throw await targetBusy(store, request.target, error);
    throw error;
  }
}

/** An effect at the front begins with the operation itself: one commit less. */
function initialJournal(definition: TransactionDefinition, at: string): JournalState {
  const journal = newJournal(definition.actions.map(({ name }) => name));
  const [first] = definition.actions;
  return first && 'run' in first ? started(journal, at) : journal;
}

type NewRow = Omit<OperationRow, 'created_at'>;

function newRow(
  id: OperationId,
  definition: TransactionDefinition,
  claim: Claim,
  request: BeginRequest,
  journal: JournalState,
): NewRow {
  return {
    id,
    kind: definition.kind,
    state: journal.state,
    target_kind: request.target.kind,
    target_id: request.target.id,
    target_name: request.target.name,
    // As the database gives it back: only what JSON can hold.
    params: JSON.parse(JSON.stringify(definition.params.parse(request.params))),
    memory: journal.memory,
    steps: [...journal.steps],
    cursor: journal.cursor,
    progress: 0,
    error: null,
    cancel_requested: false,
    created_by_id: request.createdBy?.id ?? null,
    created_by_name: request.createdBy?.username ?? null,
    ended_at: null,
    runner: claim.runner,
    epoch: claim.epoch,
  };
}

/**
 * Takes the key, writes the operation and its event, all in one statement. Undefined: the key was taken; a concurrent
 * request with the same key is waited for.
 */
async function insertOperation(
  tx: Tx,
  row: NewRow,
  request: BeginRequest,
  journal: JournalState,
): Promise<OperationRow | undefined> {
  const { rows } = await sql<{ created_at: Date }>`
    with free as (${takeKey(row.id, request)}), begun as (
      insert into operation (id, kind, state, target_kind, target_id, target_name, params, memory, steps, cursor,
        created_by_id, created_by_name, runner, epoch)
      select ${row.id}::uuid, ${row.kind}::text, ${row.state}::text, ${row.target_kind}::text, ${row.target_id}::text,
        ${row.target_name}::text, ${row.params}::jsonb, ${row.memory}::jsonb, ${row.steps}::jsonb, ${row.cursor}::integer,
        ${row.created_by_id}::uuid, ${row.created_by_name}::text, ${row.runner}::text, ${row.epoch}::bigint
      from free
      returning created_at
    ), told as (${insertEvent(operationEvent(row, journal), 'begun')})
    select created_at, (select count(${ringEvents}) from told) from begun`.execute(tx);
  return rows[0] && { ...row, created_at: rows[0].created_at };
}

function takeKey(id: OperationId, request: BeginRequest): RawBuilder<unknown> {
  const { idempotencyKey: key, requestHash: hash = '' } = request;
  if (key === undefined) return sql`select 1`;
  return sql`
    insert into idempotency (owner, key, request_hash, operation_id)
    values (${ownerOf(request)}, ${key}, ${hash}, ${id})
    on conflict do nothing
    returning 1`;
}

function ownerOf({ createdBy }: BeginRequest): string {
  return createdBy?.id ?? '';
}

/** The operation that was begun with the request's key. */
async function operationOfKey(tx: Tx, request: BeginRequest): Promise<OperationRow> {
  const { idempotencyKey: key = '', requestHash: hash = '' } = request;
  const earlier = await tx
    .selectFrom('idempotency')
    .innerJoin('operation', 'operation.id', 'idempotency.operation_id')
    .selectAll('operation')
    .select('request_hash')
    .where('owner', '=', ownerOf(request))
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
  if (earlier.request_hash !== hash)
    throw new PlatformError(
      'idempotency-key-reused',
      `The Idempotency-Key "${key}" was used for another request (operation ${earlier.id}). Use a new key for a new request.`,
    );
  return earlier;
}

/** What the second half of a kind is called while it is being done. */
const doings: Readonly<Record<string, string>> = {
  create: 'created',
  start: 'started',
  stop: 'stopped',
  kill: 'killed',
  reboot: 'rebooted',
  reset: 'reset',
  delete: 'deleted',
  check: 'checked',
  import: 'imported',
};

/** «instance web-1 is being stopped by operation …». */
async function targetBusy(store: Store, target: Target, cause: unknown): Promise<PlatformError> {
  const holder = await store.db
    .selectFrom('operation')
    .select(['id', 'kind', 'state'])
    .where('target_kind', '=', target.kind)
    .where('target_id', '=', target.id)
    .where('state', 'in', ['pending', 'running', 'undoing', 'stuck'])
    .executeTakeFirst();
  const what = `${target.kind} ${target.name}`;
  if (!holder) return new PlatformError('target-busy', `${what} was busy a moment ago; try again.`, { cause });
  const verb = holder.kind.split('.').at(-1) ?? holder.kind;
  const detail =
    holder.state === 'stuck'
      ? `${what} is held by operation ${holder.id} (${holder.kind}), which is stuck; look at its error, then retry it.`
      : `${what} is being ${doings[verb] ?? `worked on (${holder.kind})`} by operation ${holder.id}; wait until that has ended.`;
  return new PlatformError('target-busy', detail, { cause });
}
