/**
 * The transaction engine (saga engine) of one Control Server. Any number share the database: each runs the operations
 * it began and takes over those of runners whose lease expired.
 */
import {
  type Operation,
  type OperationId,
  type OperationKind,
  type OperationState,
  operationEnded,
  type Page,
  say,
  type Target,
} from '@zhiyun/contracts';
import { type Clock, faultOf, isoTime, type Logger, newId, PlatformError, systemClock } from '@zhiyun/kernel';
import { failureLevel, type Store } from '@zhiyun/store';
import { Admissions, type BeginRequest, operationOfKey, type Repeatable } from './begin-operation.ts';
import { isDatabaseAway } from './children/begin-children.ts';
import { countChildren } from './children/child-rows.ts';
import { type ChildrenRetry, isRetryable, retryChildren } from './children/retry-children.ts';
import { claimBusy, isClaimConflict } from './claims.ts';
import { Journal, type JournalHooks } from './journal.ts';
import type { JournalState } from './journal-state.ts';
import { LeftOperations } from './left-operations.ts';
import { type ListOperationsQuery, listOperationRows } from './list-operations.ts';
import { isCancellable, journalOf, notCancellable, type OperationRow, operationOf } from './operation-row.ts';
import { isChanged, type KnownKind, knownKind, upToDate, writeUpToDate } from './other-releases.ts';
import { OperationRun } from './run-operation.ts';
import { RunnerLease, type Term } from './runner-lease.ts';
import { SettledWatch } from './settled-watch.ts';
import { takeOver } from './take-over.ts';
import type { AnyTransactionDefinition, TransactionDefinition } from './types.ts';

export interface EngineOptions {
  store: Store;
  definitions: readonly AnyTransactionDefinition[];
  /**
   * Unique among the Control Servers and stable over restarts: a restarted runner resumes its own operations at once.
   */
  runner: { id: string; leaseTtlMs?: number; leaseRenewMs?: number; scanMs?: number };
  clock?: Clock;
  log: Logger;
  /** Attempts of an undo before the operation is stuck. Default 4. */
  undoAttempts?: number;
  hooks?: JournalHooks;
}

/** How far an operation had come when it ended here, or was left. */
export type EndedWork = Pick<JournalState, 'state' | 'memory'>;

export interface Engine {
  /** Acquires the runner's lease and takes over orphaned operations. Throws `database-unavailable`. */
  start(): Promise<void>;
  /**
   * Graceful stop: begins nothing new, waits `graceMs` (default 5 s) for running actions, then leaves them to the next
   * runner.
   */
  stop(graceMs?: number): Promise<void>;
  /** Throws `target-busy`, `idempotency-key-reused`, and whatever `request.within` throws. */
  begin(kind: OperationKind, request: BeginRequest): Promise<Operation>;
  /**
   * The operation of an earlier request with the same idempotency key; undefined: none. For requests that are checked
   * before `begin`: what they change would refuse their repetition. Throws `idempotency-key-reused`.
   */
  begunBefore(request: Repeatable): Promise<Operation | undefined>;
  /** Throws `not-found`, `not-cancellable`. The operation is asked to turn back; it has when it has ended. */
  cancel(id: OperationId): Promise<Operation>;
  /**
   * Resumes the undo of a stuck operation; retries an unsuccessful child, or all of a parent's. `from`: only if it is
   * still in this state, since undoing further and running anew are two things. Throws `not-found`, `wrong-state`,
   * `target-busy`.
   */
  retry(id: OperationId, from?: OperationState): Promise<Operation>;
  /** Resolves with the operation once it has ended or is stuck, or as it is after `timeoutMs`. Throws `not-found`. */
  waitFor(id: OperationId, timeoutMs: number, signal?: AbortSignal): Promise<Operation>;
  /** Throws `not-found`. */
  get(id: OperationId): Promise<Operation>;
  list(query: ListOperationsQuery): Promise<Page<Operation>>;
  /** Resolves with the end of the operation working on the target in this process; undefined: none. Never rejects. */
  workOn(target: Pick<Target, 'kind' | 'id'>): Promise<EndedWork> | undefined;
}

const defaults = { leaseTtlMs: 4_000, leaseRenewMs: 1_000, scanMs: 1_000, undoAttempts: 4, graceMs: 5_000 };

/** Grace period for aborted actions. */
const abortedMs = 1_000;

export function createTransactionEngine(options: EngineOptions): Engine {
  return new TransactionEngine(options);
}

class TransactionEngine implements Engine {
  readonly #options: EngineOptions;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #definitions: ReadonlyMap<string, TransactionDefinition>;
  readonly #journal: Journal;
  readonly #admissions: Admissions;
  readonly #lease: RunnerLease;
  readonly #watch: SettledWatch;
  readonly #runs = new Map<OperationId, { run: OperationRun; ended: Promise<void> }>();
  readonly #works = new Map<string, Promise<EndedWork>>();
  /** Claimed by us but not running: the database was away when they were to begin or be written. */
  readonly #dropped = new Set<OperationId>();
  readonly #kinds: readonly KnownKind[];
  readonly #left: LeftOperations;
  #scanning: Promise<void> | undefined;
  #ticker: Disposable | undefined;
  #leaving = false;

  constructor(options: EngineOptions) {
    const { store, log, runner } = options;
    this.#options = options;
    this.#store = store;
    this.#clock = options.clock ?? systemClock;
    this.#log = log;
    // What an engine knows of a definition is its shape; the types of its parameters are the definition's own affair.
    this.#definitions = new Map(options.definitions.map((one) => [one.kind, one as unknown as TransactionDefinition]));
    this.#kinds = [...this.#definitions.values()].map(knownKind);
    this.#left = new LeftOperations({ store, clock: this.#clock, log, kinds: this.#kinds });
    this.#journal = new Journal(store, options.hooks ?? {});
    this.#admissions = new Admissions(store, this.#journal);
    this.#watch = new SettledWatch(store, this.#clock);
    const { leaseTtlMs: ttlMs = defaults.leaseTtlMs, leaseRenewMs: renewMs = defaults.leaseRenewMs } = runner;
    this.#lease = new RunnerLease({ store, clock: this.#clock, log, runner: runner.id, ttlMs, renewMs }, () =>
      this.#scan(),
    );
  }

  async start(): Promise<void> {
    await this.#watch.start();
    await this.#lease.start();
    this.#ticker = this.#clock.every(this.#options.runner.scanMs ?? defaults.scanMs, () => this.#scan());
  }

  async stop(graceMs = defaults.graceMs): Promise<void> {
    this.#leaving = true;
    this.#ticker?.[Symbol.dispose]();
    await this.#scanning;
    await this.#atRest(graceMs);
    await this.#lease.stop();
    await this.#atRest(abortedMs);
    await this.#watch.stop();
  }

  /** Resolves when nothing is running here, after `ms` at most. */
  async #atRest(ms: number): Promise<void> {
    const over = new AbortController();
    const ended = Promise.all([...this.#runs.values()].map((running) => running.ended));
    await Promise.race([ended, this.#clock.sleep(ms, over.signal).catch(() => {})]);
    over.abort();
  }

  async begin(kind: OperationKind, request: BeginRequest): Promise<Operation> {
    const definition = this.#definitions.get(kind);
    if (!definition) throw new Error(`no transaction is defined for ${kind}`);
    const term = this.#lease.term;
    if (!term || this.#leaving) throw new PlatformError('unavailable', say('operation.cannot-begin'));
    const id = newId<OperationId>();
    try {
      const { row, isNew } = await this.#admissions.admit({
        id,
        definition,
        claim: { runner: this.#options.runner.id, epoch: term.epoch },
        request,
        at: isoTime(this.#clock.now()),
      });
      if (isNew) this.#run(row, term);
      return this.#operationOf(row);
    } catch (error) {
      // Nobody knows whether the commit came through; if it did, the next scan finds the operation.
      if (isDatabaseAway(error)) this.#dropped.add(id);
      throw error;
    }
  }

  async begunBefore(request: Repeatable): Promise<Operation | undefined> {
    const row = await operationOfKey(this.#store.db, request);
    return row && this.#operationOf(row);
  }

  async cancel(id: OperationId): Promise<Operation> {
    const row = await this.#store.tx(async (tx) => {
      const found = await tx.selectFrom('operation').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
      if (!found) throw notFound(id);
      if (found.cancel_requested && !operationEnded(found.state)) return found;
      if (!isCancellable(found, this.#definitions.get(found.kind))) throw notCancellable(found);
      return tx
        .updateTable('operation')
        .set({ cancel_requested: true })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
    });
    this.#runs.get(id)?.run.cancel();
    return this.#operationOf(row);
  }

  async retry(id: OperationId, from?: OperationState): Promise<Operation> {
    const term = this.#lease.term;
    if (!term || this.#leaving) throw new PlatformError('unavailable', say('operation.cannot-run'));
    await this.#left.requireKnown(id);
    const found = await this.#row(id);
    if (from !== undefined && found.state !== from)
      throw new PlatformError('wrong-state', say('operation.nothing-to-retry', { id, state: found.state }));
    if (found.state !== 'stuck' && isRetryable(found, this.#definitions.get(found.kind)))
      return this.#retryChildren(found, term);
    const row = await this.#store.db
      .updateTable('operation')
      .set({ state: 'undoing', runner: this.#options.runner.id, epoch: term.epoch })
      .where('id', '=', id)
      .where('state', '=', 'stuck')
      .returningAll()
      .executeTakeFirst();
    if (!row) {
      const { state } = await this.get(id);
      throw new PlatformError('wrong-state', say('operation.not-stuck', { id, state }));
    }
    // Its last commit may be seen before its run here knows of it, and as long as that is not over another would not begin.
    await this.#runs.get(id)?.ended;
    await this.#goOn(row, term);
    return this.#operationOf(row);
  }

  async waitFor(id: OperationId, timeoutMs: number, signal?: AbortSignal): Promise<Operation> {
    const settled = ({ state }: Operation) => operationEnded(state) || state === 'stuck';
    return this.#watch.until(id, () => this.get(id), settled, timeoutMs, signal);
  }

  async get(id: OperationId): Promise<Operation> {
    return this.#operationOf(await this.#row(id));
  }

  async #row(id: OperationId): Promise<OperationRow> {
    const row = await this.#store.db.selectFrom('operation').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) throw notFound(id);
    return row;
  }

  async list(query: ListOperationsQuery): Promise<Page<Operation>> {
    const { items, nextCursor } = await listOperationRows(this.#store, query);
    return { items: await this.#shown(items), nextCursor };
  }

  workOn(target: Pick<Target, 'kind' | 'id'>): Promise<EndedWork> | undefined {
    return this.#works.get(targetKey(target));
  }

  async #operationOf(row: OperationRow): Promise<Operation> {
    const children = await countChildren(this.#store, [row]);
    return operationOf(row, this.#definitions.get(row.kind), children.get(row.id));
  }

  async #shown(rows: readonly OperationRow[]): Promise<Operation[]> {
    const children = await countChildren(this.#store, rows);
    return rows.map((row) => operationOf(row, this.#definitions.get(row.kind), children.get(row.id)));
  }

  async #retryChildren(row: OperationRow, term: Term): Promise<Operation> {
    const parentId = row.parent ?? row.id;
    const retry: ChildrenRetry = {
      parent: parentId,
      child: row.parent === null ? undefined : row.id,
      definitionOf: (kind) => this.#definitions.get(kind),
      claim: { runner: this.#options.runner.id, epoch: term.epoch },
      nowMs: this.#clock.now(),
    };
    let parent: OperationRow | undefined;
    try {
      parent = await this.#store.tx((tx) => retryChildren(tx, retry));
    } catch (error) {
      if (isDatabaseAway(error)) this.#dropped.add(parentId);
      if (!isClaimConflict(error)) throw error;
      const { claims, target_kind: kind, target_id: id, target_name: name } = await this.#row(parentId);
      throw await claimBusy(this.#store, claims ?? [{ kind, id, name }], error);
    }
    if (parent) {
      await this.#runs.get(parentId)?.ended;
      await this.#goOn(parent, term);
    }
    return this.get(row.id);
  }

  /** Single-flight; a request during a scan is served by the next tick. */
  #scan(): void {
    this.#scanning ??= this.#takeOverAndHear()
      .catch((error) => this.#log[failureLevel(error)]({ err: error }, 'could not look for operations to take over'))
      .finally(() => {
        this.#scanning = undefined;
      });
  }

  async #takeOverAndHear(): Promise<void> {
    const term = this.#lease.term;
    if (!term || this.#leaving) return;
    const claim = { runner: this.#options.runner.id, epoch: term.epoch };
    if (this.#kinds.length === 0) return;
    const running = [...this.#runs.keys()];
    for (const row of await takeOver(this.#store, {
      claim,
      kinds: this.#kinds,
      running,
      dropped: [...this.#dropped],
    })) {
      this.#log.info({ operation: row.id, kind: row.kind, state: row.state }, 'took the operation over');
      await this.#goOn(row, term);
    }
    await this.#left.look(claim);
    if (this.#runs.size > 0) await this.#hearCancels();
  }

  /** Runs an operation, upgraded first if another release began it; stuck when that fails. */
  async #goOn(row: OperationRow, term: Term): Promise<void> {
    const definition = this.#definitions.get(row.kind);
    if (!definition) return;
    this.#dropped.add(row.id);
    const claim = { runner: this.#options.runner.id, epoch: term.epoch };
    let current: OperationRow;
    try {
      current = upToDate(row, definition);
    } catch (error) {
      this.#log.error({ operation: row.id, kind: row.kind, version: row.version, err: error }, 'it cannot be read');
      const journal = { ...journalOf(row), state: 'stuck' as const, error: faultOf(error) };
      await this.#journal.write({ row, claim, journal });
      this.#dropped.delete(row.id);
      return;
    }
    if (isChanged(row, current)) await writeUpToDate(this.#store, current, claim);
    this.#run(current, term);
  }

  /** Picks up cancels requested at other Control Servers. */
  async #hearCancels(): Promise<void> {
    const rows = await this.#store.db
      .selectFrom('operation')
      .select('id')
      .where('id', 'in', [...this.#runs.keys()])
      .where('cancel_requested', '=', true)
      .where('state', '=', 'running')
      .execute();
    for (const { id } of rows) this.#runs.get(id)?.run.cancel();
  }

  #run(row: OperationRow, term: Term): void {
    const definition = this.#definitions.get(row.kind);
    if (!definition || this.#runs.has(row.id)) return;
    this.#dropped.delete(row.id);
    const run = new OperationRun(
      {
        store: this.#store,
        journal: this.#journal,
        clock: this.#clock,
        log: this.#log,
        claim: { runner: this.#options.runner.id, epoch: term.epoch },
        undoAttempts: this.#options.undoAttempts ?? defaults.undoAttempts,
        signal: term.signal,
        leaving: () => this.#leaving,
        children: {
          admissions: this.#admissions,
          definitionOf: (kind) => this.#definitions.get(kind),
          run: async (child) => {
            this.#run(child, term);
            await this.#runs.get(child.id)?.ended;
          },
          dropped: (ids) => {
            for (const id of ids) this.#dropped.add(id);
          },
        },
      },
      definition,
      row,
    );
    const target = targetKey({ kind: row.target_kind, id: row.target_id });
    const work = run.run().then((outcome) => {
      this.#runs.delete(row.id);
      if (this.#works.get(target) === work) this.#works.delete(target);
      if (outcome === 'dropped') this.#dropped.add(row.id);
      return run.journal;
    });
    this.#runs.set(row.id, { run, ended: work.then(() => undefined) });
    this.#works.set(target, work);
  }
}

function targetKey({ kind, id }: Pick<Target, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}

function notFound(id: string): PlatformError {
  return new PlatformError('not-found', say('operation.unknown', { reference: id }));
}
