/**
 * Runs the children of one action: begins them with bounded concurrency and waits for all, also for those of another
 * runner. All state is in the database, so any runner can resume.
 */

import type { OperationId } from '@zhiyun/contracts';
import { type Clock, isoTime, type Logger } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import type { Admissions, Beginning } from '../begin-operation.ts';
import { Left } from '../hand-over.ts';
import type { Claim, Journal } from '../journal.ts';
import { createdByOf, type OperationRow } from '../operation-row.ts';
import type { TransactionDefinition } from '../types.ts';
import { beginChildren, isDatabaseAway } from './begin-children.ts';
import { childId } from './child-id.ts';
import { ChildrenFailed, readChildren, writeChildTotal } from './child-rows.ts';
import { type Family, familyOf } from './family.ts';
import type { ChildPlan, ChildRow, PlannedChild } from './plan.ts';

export interface ChildrenDeps {
  store: Store;
  journal: Journal;
  admissions: Admissions;
  clock: Clock;
  log: Logger;
  claim: Claim;
  definitionOf(kind: string): TransactionDefinition | undefined;
  /** Resolves when it has come to rest here. */
  run(row: OperationRow): Promise<void>;
  /** Runs those that turn out to have begun. */
  dropped(ids: readonly OperationId[]): void;
  /** True: begin nothing any more, and leave the rest to the next runner. */
  leaving(): boolean;
  /** Aborted when this runner may act no more. */
  signal: AbortSignal;
}

export interface ChildrenWork {
  parent: OperationRow;
  /** Aborted while `deps.signal` is not: the parent is cancelled. Running children finish, no others begin. */
  signal: AbortSignal;
  progress(fraction: number): void;
}

/** Polling interval for children that end on another runner. */
const lookMs = 500;
/** Coalesces ends: children that end together are replaced together. */
const gatherMs = 20;

export class ChildrenRun {
  readonly #deps: ChildrenDeps;
  readonly #work: ChildrenWork;
  #bell = Promise.withResolvers<void>();

  constructor(deps: ChildrenDeps, work: ChildrenWork) {
    this.#deps = deps;
    this.#work = work;
  }

  /** Throws `ChildrenFailed`, the signal's reason, `Left`. */
  async run(plan: ChildPlan): Promise<void> {
    for (;;) {
      this.#deps.signal.throwIfAborted();
      if (this.#deps.leaving()) throw new Left();
      this.#bell = Promise.withResolvers();
      try {
        const family = await this.#look(plan);
        if (family && family.state !== 'running') return;
        if (!family) continue;
      } catch (error) {
        if (!isDatabaseAway(error)) throw error;
        this.#deps.log.warn({ err: error }, 'the children could not be looked at; trying again');
      }
      await this.#rest();
    }
  }

  /** Undefined: some were begun, look again. */
  async #look(plan: ChildPlan): Promise<Family | undefined> {
    const { store, claim } = this.#deps;
    const { parent, signal, progress } = this.#work;
    const rows = await readChildren(store, parent.id);
    const present = rows.filter(({ retried }) => !retried);
    const known = new Set(present.map(({ key }) => key));
    const waiting = plan.children.filter(({ key }) => !known.has(key));
    const weights = new Map(plan.children.map(({ key, weight }) => [key, weight]));
    const members = [
      ...present.map(({ key, state, progress }) => ({ state, progress, weight: weights.get(key) })),
      ...waiting.map(({ weight }) => ({ state: 'waiting' as const, progress: 0, weight })),
    ];
    const family = familyOf(members, { stopping: signal.aborted });
    progress(family.progress);
    await writeChildTotal(store, parent.id, claim, members.length);
    if (family.state === 'running') {
      const free = plan.atOnce - family.counts.running;
      const worthIt = Math.min(waiting.length, Math.ceil(plan.atOnce / 4));
      if (signal.aborted || waiting.length === 0 || free < worthIt) return family;
      await this.#begin(plan, waiting.slice(0, free), rows);
      return undefined;
    }
    if (family.state === 'cancelled' && signal.aborted) signal.throwIfAborted();
    if (family.state !== 'succeeded') throw new ChildrenFailed(present, members.length);
    return family;
  }

  async #begin(plan: ChildPlan, children: readonly PlannedChild[], rows: readonly ChildRow[]): Promise<void> {
    const { definitionOf, claim, clock } = this.#deps;
    const { parent } = this.#work;
    const definition = definitionOf(plan.kind);
    if (!definition) throw new Error(`no transaction is defined for ${plan.kind}`);
    const prepared = await plan.prepare(children);
    const places = new Map(plan.children.map(({ key }, place) => [key, place]));
    const tries = Map.groupBy(rows, ({ key }) => key);
    const createdBy = createdByOf(parent);
    const beginnings = children.flatMap(({ key }, index): Beginning[] => {
      const one = prepared[index];
      if (!one) return [];
      const { target, ...more } = one;
      const isRefused = 'refused' in more;
      return [
        {
          id: childId(parent.id, key, places.get(key) ?? 0, (tries.get(key)?.length ?? 0) + 1),
          definition,
          claim,
          at: isoTime(clock.now()),
          child: { parent: parent.id, key },
          ...(isRefused ? { refused: more.refused } : {}),
          request: isRefused ? { params: {}, target, createdBy } : { ...more, target, createdBy },
        },
      ];
    });
    const begun = (begunRows: readonly OperationRow[]): void => {
      for (const row of begunRows) void this.#deps.run(row).then(() => this.#bell.resolve());
    };
    await beginChildren({ ...this.#deps, begun }, parent, beginnings);
  }

  /** Waits for the end of a child here, or for the polling interval. */
  async #rest(): Promise<void> {
    const { clock, signal } = this.#deps;
    // Once cancelled its signal would end every rest at once.
    const cancel = this.#work.signal.aborted ? [] : [this.#work.signal];
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal, ...cancel]);
    const ended = this.#bell.promise.then(() => clock.sleep(gatherMs, either));
    await Promise.race([ended, clock.sleep(lookMs, either)]).catch(() => {});
    over.abort();
  }
}
