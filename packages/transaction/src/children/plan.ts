/** Plan of an action with children. */
import type { Fault, OperationId, OperationKind, OperationState, Target } from '@zhiyun/contracts';
import type { Group } from '../begin-operation.ts';

export interface PlannedChild {
  /** Unique among the children, and stable whenever the plan is made. */
  readonly key: string;
  /** How much of the whole it is; default 1. */
  readonly weight?: number;
}

export interface ChildPlan<Child extends PlannedChild = PlannedChild> {
  /** Of the children's operations. */
  readonly kind: OperationKind;
  /** Existing children that are no longer in the plan still count. */
  readonly children: readonly Child[];
  /** Bound of concurrent children. */
  readonly atOnce: number;
  /** Prepares these children just before they begin: one answer each. Called again for retries. */
  prepare(children: readonly Child[]): Promise<readonly PreparedChild[]>;
}

export type PreparedChild = { readonly target: Target } & (
  | {
      readonly params: unknown;
      readonly memory?: Record<string, unknown>;
      /** Their own rows; children with the same work share a commit. */
      readonly group?: Group;
    }
  /** It cannot even begin: kept as a child that has failed. */
  | { readonly refused: Fault }
);

export interface ChildRow {
  id: OperationId;
  key: string;
  name: string;
  state: OperationState;
  progress: number;
  error: Fault | null;
  retried: boolean;
}
