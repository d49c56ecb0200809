import type { Fault, OperationId, OperationState, OperationStep, Target, TargetKind, UserId } from '@zhiyun/contracts';
import type { ColumnType, Generated } from 'kysely';

export interface OperationTable {
  id: OperationId;
  kind: string;
  state: OperationState;
  target_kind: TargetKind;
  target_id: string;
  target_name: string;
  /** Of its kind: in which shape parameters and memory are. */
  version: Generated<number>;
  params: unknown;
  memory: Record<string, unknown>;
  steps: OperationStep[];
  cursor: number;
  progress: Generated<number>;
  error: Fault | null;
  cancel_requested: Generated<boolean>;
  created_by_id: UserId | null;
  created_by_name: string | null;
  created_at: ColumnType<Date, Date | undefined, never>;
  ended_at: Date | null;
  runner: string;
  epoch: number;
  /** Null: its target. */
  claims: Target[] | null;
  parent: OperationId | null;
  child_key: string | null;
  retried: Generated<boolean>;
  child_total: number | null;
}

/** Of active operations only; written by triggers on `operation`. */
export interface OperationClaimTable {
  target_kind: TargetKind;
  target_id: string;
  target_name: string;
  operation_id: OperationId;
}

export interface IdempotencyTable {
  owner: string;
  key: string;
  request_hash: string;
  operation_id: OperationId;
  created_at: ColumnType<Date, Date | undefined, never>;
}

export interface LeaseTable {
  name: string;
  holder: string;
  epoch: number;
  expires_at: Date;
}

export interface OperationTables {
  operation: OperationTable;
  operation_claim: OperationClaimTable;
  idempotency: IdempotencyTable;
  lease: LeaseTable;
}
