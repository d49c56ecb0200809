/**
 * Admission: one commit writes the operation, takes its claims (each thing at most once, enforced by the database),
 * writes the caller's own rows and records the event. All of it exists, or nothing.
 */
import { type Fault, type Operation, type OperationId, say, type Target } from '@zhiyun/contracts';
import { Batches, PlatformError } from '@zhiyun/kernel';
import { type Database, insertEvents, ringEvents, type Store, type Tx } from '@zhiyun/store';
import { type Kysely, sql } from 'kysely';
import { claimBusy, claimsOf, isClaimConflict } from './claims.ts';
import { type Claim, type Journal, operationEvent } from './journal.ts';
import { type JournalState, newJournal, started } from './journal-state.ts';
import type { OperationRow } from './operation-row.ts';
import { knownKind } from './other-releases.ts';
import type { TransactionDefinition } from './types.ts';

export interface BeginRequest {
  /** Checked by the definition's schema. */
  params: unknown;
  /** Subject of the operation; claimed until it has ended, unless the definition says otherwise (`claims`). */
  target: Target;
  createdBy: Operation['createdBy'];
  /** Idempotency key: a repeated request with the same key and hash gets the operation of the first one. */
  idempotencyKey?: string | undefined;
  requestHash?: string | undefined;
  /** Writes rows that must exist exactly when the operation does. */
  within?: (tx: Tx, operationId: OperationId) => Promise<void>;
  /** Instead of `within`, for requests that are batched. */
  group?: Group;
  /** Of a parent, where it is known already how many children it will have. */
  childTotal?: number;
  /**
   * Initial memory of the actions; `within` or `group` may add to it. Journaled with the end of the first action, not
   * before, so an action must be able to recompute it after a crash.
   */
  memory?: Record<string, unknown>;
}

/** Batch that a request belongs to; made by `grouped`. */
export interface Group {
  readonly work: GroupWork<never>;
  readonly of: unknown;
}
export interface GroupMember<Of> {
  readonly of: Of;
  readonly operationId: OperationId;
}
/** Like `within`, for a batch. When it throws, each member is begun alone. */
export type GroupWork<Of> = (tx: Tx, members: readonly GroupMember<Of>[]) => Promise<void>;

/** Concurrent requests with the same `work` are begun in one commit (group commit). */
export function grouped<Of>(work: GroupWork<Of>, of: Of): Group {
  return { work, of };
}

export interface Admission {
  row: OperationRow;
  /** False: the operation of an earlier request with the same key. */
  isNew: boolean;
}

export interface Beginning {
  id: OperationId;
  definition: TransactionDefinition;
  claim: Claim;
  request: BeginRequest;
  at: string;
  /** Its parent, and its key among the children. */
  child?: { parent: OperationId; key: string };
  /** A child that cannot begin is written as failed, with this fault. */
  refused?: Fault;
}

/** One member of a batch cannot begin: each is tried alone. */
class GroupRefused extends Error {}

/** Group commit: operations begun together stay in step and share their later commits too. */
const crowd = { size: 2, waitMs: 20 };

export class Admissions {
  readonly #store: Store;
  readonly #journal: Journal;
  readonly #groups = new Map<GroupWork<never>, Batches<Beginning, Admission | undefined>>();

  constructor(store: Store, journal: Journal) {
    this.#store = store;
    this.#journal = journal;
  }

  /** Throws `target-busy`, `idempotency-key-reused`, and whatever `within` or `group` throws. */
  async admit(beginning: Beginning): Promise<Admission> {
    const { group } = beginning.request;
    try {
      return (group && (await this.#inGroup(group.work, beginning))) ?? (await this.#alone(beginning));
    } catch (error) {
      throw isClaimConflict(error) ? await this.busy(beginning, error) : error;
    }
  }

  /** Which wanted thing is claimed, and by which operation. */
  busy({ definition, request: { params, target } }: Beginning, cause: unknown): Promise<PlatformError> {
    return claimBusy(this.#store, claimsOf(definition, params, target) ?? [target], cause);
  }

  async #inGroup(work: GroupWork<never>, beginning: Beginning): Promise<Admission | undefined> {
    const known = this.#groups.get(work);
    if (known) return known.run(beginning);
    const group = new Batches<Beginning, Admission | undefined>((beginnings) => this.#together(beginnings), {
      lanes: 2,
      crowd,
    });
    this.#groups.set(work, group);
    return group.run(beginning);
  }

  /** Undefined for all: a member failed; its reason is found when it is tried alone. */
  async #together(beginnings: readonly Beginning[]): Promise<readonly (Admission | undefined)[]> {
    if (beginnings.length === 1) return [undefined];
    try {
      const admissions = await this.#journal.commitAll(
        beginnings.map((one) => ({ operationId: one.id, journal: initialJournal(one) })),
        (tx) => beginAll(tx, beginnings),
      );
      return admissions;
    } catch (error) {
      if (error instanceof PlatformError && error.code === 'database-unavailable') throw error;
      return beginnings.map(() => undefined);
    }
  }

  #alone(beginning: Beginning): Promise<Admission> {
    const { id, request } = beginning;
    const journal = initialJournal(beginning);
    return this.#journal.commit(id, async (tx) => {
      try {
        const [admission] = await beginAll(tx, [beginning]);
        if (admission) return { journal, ...admission };
      } catch (error) {
        if (!(error instanceof GroupRefused)) throw error;
      }
      const row = await operationOfKey(tx, request);
      if (!row) throw new Error('the operation of the idempotency key is gone');
      return { journal, row, isNew: false };
    });
  }
}

/** Precondition: all have the same work. */
export async function beginAll(tx: Tx, beginnings: readonly Beginning[]): Promise<Admission[]> {
  const rows = await insertOperations(tx, beginnings);
  if (rows.length < beginnings.length) throw new GroupRefused();
  const [first] = beginnings;
  if (first?.refused) return rows.map((row) => ({ row, isNew: true }));
  if (first?.request.group) {
    const members = beginnings.map(({ id, request }) => ({ of: request.group?.of as never, operationId: id }));
    await first.request.group.work(tx, members);
  } else await first?.request.within?.(tx, first.id);
  return rows.map((row, index) => ({
    row: { ...row, memory: { ...beginnings[index]?.request.memory } },
    isNew: true,
  }));
}

/** A leading effect is opened together with the operation, which saves a commit. */
export function initialJournal({ definition, at, refused }: Beginning): JournalState {
  if (refused) return { ...newJournal([]), state: 'failed', error: refused };
  const journal = newJournal(definition.actions.map(({ name }) => name));
  const [first] = definition.actions;
  return first && 'run' in first ? started(journal, at) : journal;
}

type NewRow = Omit<OperationRow, 'created_at'>;

function newRow(beginning: Beginning): NewRow {
  const { id, definition, claim, request, child, refused } = beginning;
  const journal = initialJournal(beginning);
  const params = refused ? {} : definition.params.parse(request.params);
  return {
    id,
    kind: definition.kind,
    version: knownKind(definition).version,
    state: journal.state,
    target_kind: request.target.kind,
    target_id: request.target.id,
    target_name: request.target.name,
    // As the database gives it back: only what JSON can hold.
    params: JSON.parse(JSON.stringify(params)),
    memory: journal.memory,
    steps: [...journal.steps],
    cursor: journal.cursor,
    progress: 0,
    error: journal.error,
    cancel_requested: false,
    created_by_id: request.createdBy?.id ?? null,
    created_by_name: request.createdBy?.username ?? null,
    ended_at: null,
    runner: claim.runner,
    epoch: claim.epoch,
    claims: refused ? null : claimsOf(definition, params, request.target),
    parent: child?.parent ?? null,
    child_key: child?.key ?? null,
    retried: false,
    child_total: request.childTotal ?? null,
  };
}

/**
 * Takes the idempotency keys, writes operations and events, in one statement. Members with a key already taken are left
 * out; a concurrent request with the same key blocks until it commits.
 */
async function insertOperations(tx: Tx, beginnings: readonly Beginning[]): Promise<OperationRow[]> {
  const rows = beginnings.map(newRow);
  const given = rows.map((row, index) => {
    const request = beginnings[index]?.request;
    const { idempotencyKey = null, requestHash = '' } = request ?? {};
    return { ...row, owner: ownerOf(request), key: idempotencyKey, request_hash: requestHash };
  });
  const events = rows.map((row) => operationEvent(row, row));
  const { rows: begun } = await sql<{ id: OperationId; created_at: Date }>`
    with given as materialized (
      select * from jsonb_to_recordset(${given}::jsonb) as given (id uuid, kind text, version integer, state text, target_kind text,
        target_id text, target_name text, params jsonb, memory jsonb, steps jsonb, cursor integer, created_by_id uuid,
        created_by_name text, runner text, epoch bigint, claims jsonb, parent uuid, child_key text,
        child_total integer, error jsonb, owner text, key text, request_hash text)
    ), taken as (
      insert into idempotency (owner, key, request_hash, operation_id)
      select owner, key, request_hash, id from given where key is not null
      on conflict do nothing
      returning operation_id
    ), begun as (
      insert into operation (id, kind, version, state, target_kind, target_id, target_name, params, memory, steps, cursor,
        created_by_id, created_by_name, runner, epoch, claims, parent, child_key, child_total, error, ended_at)
      select id, kind, version, state, target_kind, target_id, target_name, params, memory, steps, cursor,
        created_by_id, created_by_name, runner, epoch, claims, parent, child_key, child_total,
        error, case when state = 'failed' then clock_timestamp() end
      from given where key is null or id in (select operation_id from taken)
      returning id, created_at
    ), told as (${insertEvents(events, { part: 'begun', by: 'operation_id' })})
    select id, created_at, (select count(${ringEvents}) from told) from begun`.execute(tx);
  const createdAt = new Map(begun.map(({ id, created_at }) => [id, created_at]));
  return rows.flatMap((row) => {
    const created_at = createdAt.get(row.id);
    return created_at ? [{ ...row, created_at }] : [];
  });
}

function ownerOf(request: Pick<BeginRequest, 'createdBy'> | undefined): string {
  return request?.createdBy?.id ?? '';
}

/** What a request is known by when it is repeated. */
export type Repeatable = Pick<BeginRequest, 'createdBy' | 'idempotencyKey' | 'requestHash'>;

/** The operation that was begun with the request's key. Throws `idempotency-key-reused`. */
export async function operationOfKey(
  db: Kysely<Database>,
  { createdBy, idempotencyKey: key, requestHash: hash = '' }: Repeatable,
): Promise<OperationRow | undefined> {
  if (key === undefined) return undefined;
  const earlier = await db
    .selectFrom('idempotency')
    .innerJoin('operation', 'operation.id', 'idempotency.operation_id')
    .selectAll('operation')
    .select('request_hash')
    .where('owner', '=', ownerOf({ createdBy }))
    .where('key', '=', key)
    .executeTakeFirst();
  if (earlier && earlier.request_hash !== hash)
    throw new PlatformError('idempotency-key-reused', say('operation.key-reused', { key, id: earlier.id }));
  return earlier;
}
