/**
 * The words of the transaction engine. A *transaction definition* is a name, a parameter schema and a row of named
 * *actions*, each with its undo; running it once is an *operation*. Every action and every undo may run twice (a crash can
 * come between the deed and its record), so both must be idempotent; an undo must also be right when its action never ran or
 * half ran, because the failed action itself is undone too.
 */
import type { OperationId, OperationKind, Target } from '@zhiyun/contracts';
import type { Logger } from '@zhiyun/kernel';
import type { Tx } from '@zhiyun/store';
import type { z } from 'zod';
import type { ChildPlan } from './children/plan.ts';

export interface ActionContext<Params, Memory> {
  readonly operationId: OperationId;
  /** Fixed when the operation was begun; ids that actions need are made before and lie here. */
  readonly params: Params;
  /** What the actions before have returned, merged. */
  readonly memory: Readonly<Partial<Memory>>;
  /** Aborted when this runner may not go on: cancelled (if the action is `cancellable`), lease lost, or stopping. */
  readonly signal: AbortSignal;
  /** 0 to 1 within this action; kept at most a few times a second. */
  progress(fraction: number): void;
  readonly log: Logger;
  /**
   * Only while running an effect, once per action: makes these operations and waits for their ends; again, it goes on with what is left.
   * Throws when any of them has not succeeded; what the others did stays. A cancel, if the action is `cancellable`, begins no more.
   */
  children(plan: ChildPlan): Promise<void>;
}

interface ActionBase {
  /** Shown as the step's name; stable, `kebab-case`. */
  readonly name: string;
  /** A cancel may interrupt it through `signal`; between actions a cancel is always heard until `pointOfNoReturn`. */
  readonly cancellable?: boolean;
  /** From this action on no cancel is heard any more. A failure still undoes what has an undo. */
  readonly pointOfNoReturn?: boolean;
}
/** Works outside the database. Exactly one of `undo` and `noUndo` (the reason) is there. */
export type EffectAction<Params, Memory> = ActionBase & {
  readonly run: (context: ActionContext<Params, Memory>) => Promise<Partial<Memory> | undefined>;
} & (
    | { readonly undo: (context: ActionContext<Params, Memory>) => Promise<void>; readonly noUndo?: never }
    | { readonly noUndo: string; readonly undo?: never }
  );
/** Only writes rows: committed together with its own journal record, so it happens exactly once. */
export type RecordAction<Params, Memory> = ActionBase & {
  readonly write: (tx: Tx, context: ActionContext<Params, Memory>) => Promise<Partial<Memory> | undefined>;
  /** The same for several operations at once, where it is the last action. When it throws, each is written alone. */
  readonly writeAll?: (tx: Tx, contexts: readonly ActionContext<Params, Memory>[]) => Promise<void>;
} & (
    | { readonly unwrite: (tx: Tx, context: ActionContext<Params, Memory>) => Promise<void>; readonly noUndo?: never }
    | { readonly noUndo: string; readonly unwrite?: never }
  );
export type Action<Params, Memory> = EffectAction<Params, Memory> | RecordAction<Params, Memory>;

export interface TransactionDefinition<Params = unknown, Memory extends object = object> {
  readonly kind: OperationKind;
  /** Of the newest version. A new field is optional or has a default. */
  readonly params: z.ZodType<Params>;
  /** Everything that it holds until it has ended. Default: its target alone. */
  readonly claims?: (params: Params, target: Target) => readonly Target[];
  /** It has children. When it has ended without success it can be run once more from its first action: what succeeded stays as it is. */
  readonly isParent?: true;
  /** From each version of parameters and memory to the next, as in `versioned`: the first leads from 1 to 2. */
  readonly upgrades?: readonly BegunUpgrade[];
  /**
   * An operation that an earlier release began goes on with these: actions are known by name, and new ones are run when it comes to
   * them. A name is never used again for something else.
   */
  readonly actions: readonly Action<Params, Memory>[];
}

/** What the journal keeps for the actions. */
export interface Begun {
  readonly params: unknown;
  readonly memory: Readonly<Record<string, unknown>>;
}
export type BegunUpgrade = (older: {
  // biome-ignore lint/suspicious/noExplicitAny: an older shape has no type any more
  readonly params: any;
  // biome-ignore lint/suspicious/noExplicitAny: likewise
  readonly memory: any;
}) => Begun;

/** Any definition, whatever its parameters and memory: what an engine is given a list of. */
export interface AnyTransactionDefinition {
  readonly kind: OperationKind;
  readonly params: z.ZodType;
  readonly claims?: (params: never, target: Target) => readonly Target[];
  readonly isParent?: true;
  readonly upgrades?: readonly BegunUpgrade[];
  readonly actions: readonly AnyAction[];
}
interface AnyAction extends ActionBase {
  readonly run?: (context: never) => Promise<object | undefined>;
  readonly undo?: (context: never) => Promise<void>;
  readonly write?: (tx: Tx, context: never) => Promise<object | undefined>;
  readonly writeAll?: (tx: Tx, contexts: never) => Promise<void>;
  readonly unwrite?: (tx: Tx, context: never) => Promise<void>;
  readonly noUndo?: string;
}
