/**
 * Runs one operation from where its journal stands until it has ended, is stuck, or is left to another runner. Forward:
 * effects one by one, each closed in the commit that opens the next; records share that commit. Backward: the failed
 * action and all before it, in reverse. Whatever happens between two commits is repeated after a crash, so effects and
 * undos must be idempotent.
 */
import { type Fault, type OperationId, operationEnded, say } from '@zhiyun/contracts';
import {
  type Clock,
  errorFromFault,
  FollowingSignal,
  faultOf,
  isoTime,
  type Logger,
  PlatformError,
  retry,
} from '@zhiyun/kernel';
import { CommitUnknown, DatabaseLost, failureLevel, type Store, type Tx, worthRepeating } from '@zhiyun/store';
import { ChildrenFailed } from './children/child-rows.ts';
import { type ChildrenDeps, ChildrenRun } from './children/run-children.ts';
import { HandOver, handOver, Left } from './hand-over.ts';
import { CancelHeard, type Claim, ClaimLost, type Journal, type JournalWrite, writeJournal } from './journal.ts';
import {
  done,
  ended,
  failed,
  type JournalState,
  progressOf,
  started,
  stepAtCursor,
  turnedBack,
  undoFailed,
  undone,
  undoSkipped,
  undoStarted,
  withProgress,
} from './journal-state.ts';
import { cancelHeardBefore, cancelInterrupts, createdByOf, journalOf, type OperationRow } from './operation-row.ts';
import { ProgressWriter } from './progress-writer.ts';
import type { Action, ActionContext, EffectAction, RecordAction, TransactionDefinition } from './types.ts';

export interface RunEnvironment {
  store: Store;
  journal: Journal;
  clock: Clock;
  log: Logger;
  claim: Claim;
  undoAttempts: number;
  /** Aborted when this runner must stop acting (lease lost, or an immediate stop). */
  signal: AbortSignal;
  /** True: finish the running action, begin no other. */
  leaving: () => boolean;
  /** How children are begun and run here. */
  children: Pick<ChildrenDeps, 'admissions' | 'definitionOf' | 'run' | 'dropped'>;
}

/**
 * `left`: another runner takes it over; `dropped`: the journal could not be written although the operation is ours. In
 * both cases the journal says where to resume.
 */
export type RunOutcome = 'settled' | 'left' | 'dropped';

const undoBackoff = { firstMs: 100, maxMs: 2_000 };
const cancelFault: Fault = new PlatformError('cancelled', say('operation.cancelled')).toFault();

/** An action failed: the journal up to it, to be undone from there. */
class Unwind extends Error {
  readonly journal: JournalState;
  constructor(journal: JournalState) {
    super(journal.error?.detail);
    this.journal = journal;
  }
}

export class OperationRun {
  readonly id: OperationId;
  readonly #env: RunEnvironment;
  readonly #definition: TransactionDefinition;
  readonly #row: OperationRow;
  readonly #log: Logger;
  readonly #cancel = new AbortController();
  readonly #progress: ProgressWriter;
  #journal: JournalState;

  constructor(env: RunEnvironment, definition: TransactionDefinition, row: OperationRow) {
    this.id = row.id;
    this.#env = env;
    this.#definition = definition;
    this.#row = row;
    this.#journal = journalOf(row);
    this.#log = env.log.child({ operation: row.id, kind: row.kind });
    this.#progress = new ProgressWriter(env.store, env.clock, row.id, env.claim);
    if (row.cancel_requested) this.cancel();
  }

  /** Its journal so far. */
  get journal(): JournalState {
    return this.#journal;
  }

  /** Called after a cancel was written: aborts the running action if it is cancellable. */
  cancel(): void {
    if (this.#journal.state === 'running' && cancelInterrupts(this.#definition, this.#journal.cursor))
      this.#cancel.abort(errorFromFault(cancelFault));
  }

  async run(): Promise<RunOutcome> {
    try {
      if (this.#journal.state === 'pending' || this.#journal.state === 'running') await this.#forward();
      if (this.#journal.state === 'undoing') await this.#backward();
    } catch (error) {
      return this.#leave(error);
    }
    const { state, error } = this.#journal;
    if (state !== 'stuck' && !operationEnded(state)) return 'left';
    this.#log.info({ state, ...(error && { error: error.detail }) }, 'operation settled');
    return 'settled';
  }

  /** The error is not the operation's: its journal stands where the last commit left it. */
  async #leave(error: unknown): Promise<RunOutcome> {
    try {
      if (!(error instanceof HandOver)) throw error;
      await handOver(this.#env.store, this.#row, this.#env.claim, error.runner);
      this.#log.info({ to: error.runner }, 'handed over');
      return 'left';
    } catch (error) {
      if (error instanceof ClaimLost || error instanceof Left || this.#env.signal.aborted) return 'left';
      this.#log[failureLevel(error)](
        { err: error },
        'the journal could not be written; the operation will be taken up again',
      );
      return 'dropped';
    }
  }

  // Forward

  async #forward(): Promise<void> {
    try {
      while (this.#journal.state === 'pending' || this.#journal.state === 'running') {
        if (stepAtCursor(this.#journal) === 'running') this.#journal = await this.#perform();
        this.#journal = await this.#commitForward();
        if (this.#env.leaving()) return;
      }
    } catch (error) {
      if (!(error instanceof Unwind)) throw error;
      this.#journal = error.journal;
    }
  }

  /** Runs the effect at the cursor. */
  async #perform(): Promise<JournalState> {
    const journal = this.#journal;
    const action = this.#actionAt(journal.cursor);
    if (!('run' in action)) throw new Error(`${action.name} is a record: it is never found running`);
    const interruptible = cancelInterrupts(this.#definition, journal.cursor);
    using either = interruptible ? new FollowingSignal(this.#env.signal, this.#cancel.signal) : undefined;
    const signal = either?.signal ?? this.#env.signal;
    try {
      signal.throwIfAborted();
      const result = await action.run(this.#context(signal));
      return done(journal, result, this.#now());
    } catch (error) {
      if (this.#env.signal.aborted || isLeft(error)) throw error;
      // Children that have all come to their ends say more than a cancel that came too late for any.
      const cancelled = interruptible && this.#cancel.signal.aborted && !(error instanceof ChildrenFailed);
      throw new Unwind(failed(journal, cancelled ? cancelFault : this.#faultOf(action, error), this.#now()));
    } finally {
      await this.#progress.stop();
    }
  }

  /** Closes the finished action, writes the records that follow, opens the next effect or ends. */
  async #commitForward(): Promise<JournalState> {
    const before = this.#journal;
    const { actions } = this.#definition;
    const heedCancel = cancelHeardBefore(this.#definition, before.cursor);
    try {
      const next = actions[before.cursor];
      if (!(next && 'write' in next)) {
        const journal = this.#advanced(before);
        await this.#env.journal.write({ ...this.#entry(journal), heedCancel });
        return journal;
      }
      const together = await this.#commitLastTogether(next, heedCancel);
      if (together) return together;
      const { journal } = await this.#env.journal.commit(this.id, async (tx) => {
        let journal = before;
        for (let action = actions[journal.cursor]; action && 'write' in action; action = actions[journal.cursor])
          journal = await this.#write(tx, action, journal);
        journal = this.#advanced(journal);
        await writeJournal(tx, { ...this.#entry(journal), heedCancel });
        return { journal };
      });
      return journal;
    } catch (error) {
      if (error instanceof CancelHeard) throw new Unwind(turnedBack(before, cancelFault));
      throw error;
    }
  }

  /** Undefined: not the last action, or not batchable (now). */
  async #commitLastTogether(
    action: RecordAction<unknown, object>,
    heedCancel: boolean,
  ): Promise<JournalState | undefined> {
    const before = this.#journal;
    if (!action.writeAll || before.cursor !== this.#definition.actions.length - 1) return undefined;
    const journal = this.#advanced(done(before, undefined, this.#now()));
    const write = { ...this.#entry(journal), heedCancel };
    const context = this.#context(this.#env.signal);
    return (await this.#env.journal.writeTogether(action.writeAll, context, write)) ? journal : undefined;
  }

  /** Ended, or the effect at the cursor opened. */
  #advanced(journal: JournalState): JournalState {
    if (journal.cursor === this.#definition.actions.length) return ended(journal, 'succeeded');
    return this.#env.leaving() ? journal : started(journal, this.#now());
  }

  async #write(tx: Tx, action: RecordAction<unknown, object>, journal: JournalState): Promise<JournalState> {
    try {
      const result = await action.write(tx, this.#context(this.#env.signal, journal));
      return done(journal, result, this.#now());
    } catch (error) {
      const fault = this.#faultOf(action, error);
      // Not the action's failure: the store repeats the transaction, or the operation is taken up again.
      if (fault.code === 'database-unavailable' || worthRepeating(error)) throw error;
      throw new Unwind(failed(journal, fault, this.#now()));
    }
  }

  // Backward

  async #backward(): Promise<void> {
    await this.#commit(this.#opened(this.#journal));
    while (this.#journal.state === 'undoing' && !this.#env.leaving()) {
      const action = this.#actionAt(this.#journal.cursor);
      try {
        await ('run' in action ? this.#undo(action) : this.#unwrite(action));
      } catch (error) {
        if (this.#env.signal.aborted || saysNothing(error)) throw error;
        await this.#commit(undoFailed(this.#journal, this.#faultOf(action, error), this.#now()));
      }
    }
  }

  async #undo(action: EffectAction<unknown, object>): Promise<void> {
    await this.#severalTimes(async () => action.undo?.(this.#context(this.#env.signal)));
    await this.#commit(this.#opened(undone(this.#journal, this.#now())));
  }

  async #unwrite(action: RecordAction<unknown, object>): Promise<void> {
    await this.#severalTimes(async () => {
      const { journal } = await this.#env.journal.commit(this.id, async (tx) => {
        await action.unwrite?.(tx, this.#context(this.#env.signal));
        const journal = this.#opened(undone(this.#journal, this.#now()));
        await writeJournal(tx, this.#entry(journal));
        return { journal };
      });
      this.#journal = journal;
    });
  }

  async #severalTimes(undo: () => Promise<void>): Promise<void> {
    await retry(undo, {
      clock: this.#env.clock,
      backoff: undoBackoff,
      signal: this.#env.signal,
      again: (error, attempt) => !saysNothing(error) && attempt + 1 < this.#env.undoAttempts,
    });
  }

  /** Skips actions without an undo; opens the next undo, or ends. */
  #opened(journal: JournalState): JournalState {
    if (journal.cursor < 0) return ended(journal, journal.error?.code === 'cancelled' ? 'cancelled' : 'failed');
    const action = this.#actionAt(journal.cursor);
    // A record that failed was rolled back: there is nothing of it to take back.
    const undoable = 'run' in action ? action.undo : action.unwrite && stepAtCursor(journal) !== 'failed';
    return undoable ? undoStarted(journal) : this.#opened(undoSkipped(journal));
  }

  async #commit(journal: JournalState): Promise<void> {
    await this.#env.journal.write(this.#entry(journal));
    this.#journal = journal;
  }

  #entry(journal: JournalState): JournalWrite {
    return { row: this.#row, claim: this.#env.claim, journal };
  }

  // Both ways

  #context(signal: AbortSignal, journal = this.#journal): ActionContext<unknown, object> {
    const running = stepAtCursor(journal) === 'running';
    const progress = (fraction: number) => {
      if (running) this.#progress.report(withProgress(journal, fraction), progressOf(journal, fraction));
    };
    return {
      operationId: this.id,
      createdBy: createdByOf(this.#row),
      params: this.#row.params,
      memory: journal.memory,
      signal,
      progress,
      log: this.#log.child({ action: this.#actionAt(journal.cursor).name }),
      children: (plan) => {
        if (!running) throw new Error('children are begun by an effect that runs');
        const { store, journal, clock, claim, children, leaving } = this.#env;
        const deps = { store, journal, clock, claim, leaving, ...children, log: this.#log, signal: this.#env.signal };
        return new ChildrenRun(deps, { parent: this.#row, signal, progress }).run(plan);
      },
    };
  }

  #actionAt(index: number): Action<unknown, object> {
    const action = this.#definition.actions[index];
    if (!action) throw new Error(`${this.#definition.kind} has no action ${index}`);
    return action;
  }

  #faultOf(action: { name: string }, error: unknown): Fault {
    this.#log.warn({ action: action.name, err: error }, 'action failed');
    return faultOf(error);
  }

  #now(): string {
    return isoTime(this.#env.clock.now());
  }
}

/** Not a failure of the undo, and it may have been recorded: the journal must be re-read. */
function databaseAway(error: unknown): boolean {
  return error instanceof DatabaseLost || error instanceof CommitUnknown;
}

/** The effect resumes on another runner, or here later. */
function isLeft(error: unknown): boolean {
  return error instanceof HandOver || error instanceof ClaimLost || error instanceof Left;
}

/** The undo has not failed: it will run again, here or on another runner. */
function saysNothing(error: unknown): boolean {
  return error instanceof ClaimLost || error instanceof HandOver || databaseAway(error);
}
