/**
 * Public types of the transaction engine. A *transaction definition* is a name, a parameter schema and a list of named
 * *actions* with undo; one run of it is an *operation*. Every action and undo may run twice (a crash can hit between
 * effect and journal), so both must be idempotent. An undo must also be right when its action never or only half ran,
 * because the failed action is undone too.
 */
import type { Operation, OperationId, OperationKind, Target } from '@zhiyun/contracts';
import type { Logger } from '@zhiyun/kernel';
import type { Tx } from '@zhiyun/store';
import type { z } from 'zod';
import type { ChildPlan } from './children/plan.ts';

export interface ActionContext<Params, Memory> {
  readonly operationId: OperationId;
  /** Who asked for it; null: the platform itself. */
  readonly createdBy: Operation['createdBy'];
  /** Fixed at the start of the operation; ids that actions need are generated before. */
  readonly params: Params;
  /** Merged results of the earlier actions. */
  readonly memory: Readonly<Partial<Memory>>;
  /** Aborted on cancel (if the action is `cancellable`), on a lost lease, and on stop. */
  readonly signal: AbortSignal;
  /** 0 to 1 within this action; throttled. */
  progress(fraction: number): void;
  readonly log: Logger;
  /**
   * Only in an effect, once per action: begins these operations and waits for them; when repeated it resumes. Throws
   * when any has not succeeded; the others' results stay. A cancel, if the action is `cancellable`, begins no more.
   */
  children(plan: ChildPlan): Promise<void>;
}

interface ActionBase {
  /** Shown as the step's name; stable, `kebab-case`. */
  readonly name: string;
  /** A cancel may abort it through `signal`; between actions a cancel takes effect until `pointOfNoReturn`. */
  readonly cancellable?: boolean;
  /** From this action on a cancel has no effect. A failure still undoes what has an undo. */
  readonly pointOfNoReturn?: boolean;
}
/** Has effects outside the database. Exactly one of `undo` and `noUndo` (the reason) is given. */
export type EffectAction<Params, Memory> = ActionBase & {
  readonly run: (context: ActionContext<Params, Memory>) => Promise<Partial<Memory> | undefined>;
} & (
    | { readonly undo: (context: ActionContext<Params, Memory>) => Promise<void>; readonly noUndo?: never }
    | { readonly noUndo: string; readonly undo?: never }
  );
/** Only writes rows, in the commit of its journal record: exactly once. */
export type RecordAction<Params, Memory> = ActionBase & {
  readonly write: (tx: Tx, context: ActionContext<Params, Memory>) => Promise<Partial<Memory> | undefined>;
  /** The same for several operations in one commit, if it is the last action. When it throws, each is written alone. */
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
  /** Everything it claims until it has ended. Default: its target. */
  readonly claims?: (params: Params, target: Target) => readonly Target[];
  /** It has children. When it has ended without success it can be run once more from its first action: what succeeded stays as it is. */
  readonly isParent?: true;
  /** Upgrades of parameters and memory, version by version, as in `versioned`: the first leads from 1 to 2. */
  readonly upgrades?: readonly BegunUpgrade[];
  /**
   * Operations begun by an earlier release resume with these: actions are matched by name, new ones run in their place.
   * A name is never reused for another action.
   */
  readonly actions: readonly Action<Params, Memory>[];
}

/** What the journal stores for the actions. */
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
