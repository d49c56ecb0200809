/**
 * Admission: in one database transaction the operation is written, its target claimed (a unique index, so two control
 * servers cannot both have it), the caller's own rows written and the event recorded. Then it exists, or nothing does.
 */
import type { Operation, OperationId, Target } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import { type Store, type Tx, violatedConstraint } from '@zhiyun/store';
import { type Claim, type Journal, recordOperationEvent } from './journal.ts';
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
      const earlier = await operationOfKey(tx, id, request);
      if (earlier) return { journal: initial, row: earlier, isNew: false };
      const row = await insertOperation(tx, id, definition, options.claim, request, initial);
      await request.within?.(tx, id);
      await recordOperationEvent(tx, row, initial);
      return { journal: initial, row, isNew: true };
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

async function insertOperation(
  tx: Tx,
  id: OperationId,
  definition: TransactionDefinition,
  claim: Claim,
  request: BeginRequest,
  journal: JournalState,
): Promise<OperationRow> {
  return tx
    .insertInto('operation')
    .values({
      id,
      kind: definition.kind,
      state: journal.state,
      target_kind: request.target.kind,
      target_id: request.target.id,
      target_name: request.target.name,
      params: definition.params.parse(request.params),
      memory: journal.memory,
      steps: [...journal.steps],
      cursor: journal.cursor,
      error: null,
      created_by_id: request.createdBy?.id ?? null,
      created_by_name: request.createdBy?.username ?? null,
      ended_at: null,
      runner: claim.runner,
      epoch: claim.epoch,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Takes the key for `id`, or finds the operation that has it. A concurrent request with the key is waited for. */
async function operationOfKey(tx: Tx, id: OperationId, request: BeginRequest): Promise<OperationRow | undefined> {
  const { idempotencyKey: key, requestHash: hash = '' } = request;
  if (key === undefined) return undefined;
  const owner = request.createdBy?.id ?? '';
  const taken = await tx
    .insertInto('idempotency')
    .values({ owner, key, request_hash: hash, operation_id: id })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (taken.numInsertedOrUpdatedRows === 1n) return undefined;
  const earlier = await tx
    .selectFrom('idempotency')
    .innerJoin('operation', 'operation.id', 'idempotency.operation_id')
    .selectAll('operation')
    .select('request_hash')
    .where('owner', '=', owner)
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
