/** What was heard of one instance, as its row keeps it. */
import type { InstanceId } from '@zhiyun/contracts';
import type { InstanceReport } from '@zhiyun/contracts/links';
import type { Database } from '@zhiyun/store';
import type { Selectable } from 'kysely';
import { runOf } from './instance-run.ts';

type InstanceRow = Selectable<Database['instance']>;

export type Observation = Pick<
  InstanceRow,
  | 'id'
  | 'observed_sequence'
  | 'observed_state'
  | 'observed_stop_reason'
  | 'observed_stop_detail'
  | 'observed_run'
  | 'address'
> & { observed_generation: number | null };

export function observationOf(report: InstanceReport): Observation {
  return {
    id: report.instanceId,
    observed_generation: report.generation,
    observed_sequence: report.sequence,
    observed_state: report.state,
    observed_stop_reason: report.stopReason,
    observed_stop_detail: report.stopDetail,
    observed_run: runOf(report),
    address: report.address,
  };
}

/** The node has it no more. */
export function missing(id: InstanceId, sequence: number): Observation {
  const nothing = { observed_generation: null, observed_stop_reason: null, observed_stop_detail: null };
  return { ...nothing, observed_run: null, address: null, id, observed_sequence: sequence, observed_state: 'missing' };
}

export function isNewer(
  { observed_sequence: sequence, observed_state: state }: Observation,
  before: Pick<InstanceRow, 'observed_sequence' | 'observed_state'>,
): boolean {
  if (sequence > before.observed_sequence) return true;
  // That it is lost is concluded from an inventory, not reported: nothing may have been heard since.
  return state === 'missing' && sequence === before.observed_sequence && before.observed_state !== 'missing';
}
