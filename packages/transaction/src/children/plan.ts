/** What an action that has children says of them. */
import type { Fault, OperationId, OperationKind, OperationState, Target } from '@zhiyun/contracts';
import type { Group } from '../begin-operation.ts';

export interface PlannedChild {
  /** Its own among the children, and the same whenever the plan is made. */
  readonly key: string;
  /** How much of the whole it is; default 1. */
  readonly weight?: number;
}

export interface ChildPlan<Child extends PlannedChild = PlannedChild> {
  /** Of the children's operations. */
  readonly kind: OperationKind;
  /** Those that are there already but not in the plan any more count all the same. */
  readonly children: readonly Child[];
  /** How many may be at work at the same time. */
  readonly atOnce: number;
  /** What these need to begin, read just before: one answer each. Asked again for those that are retried. */
  prepare(children: readonly Child[]): Promise<readonly PreparedChild[]>;
}

export type PreparedChild = { readonly target: Target } & (
  | {
      readonly params: unknown;
      readonly memory?: Record<string, unknown>;
      /** Their own rows; those with the same work are begun in one commit. */
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
