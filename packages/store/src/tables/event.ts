import type { Event, OperationId, TargetKind, UserId } from '@zhiyun/contracts';
import type { ColumnType, GeneratedAlways } from 'kysely';

export interface EventTable {
  transaction: GeneratedAlways<string>;
  seq: GeneratedAlways<number>;
  at: ColumnType<Date, Date | undefined, never>;
  kind: string;
  severity: Event['severity'];
  subject_kind: TargetKind;
  subject_id: string;
  subject_name: string;
  data: Event['data'];
  actor_id: UserId | null;
  actor_name: string | null;
  operation_id: OperationId | null;
}

export interface EventTables {
  event: EventTable;
}
