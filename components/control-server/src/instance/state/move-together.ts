/**
 * Moves of many instances at once, when something happens to their nodes: what is written is the same for thousands, so that it is
 * one statement for each such set. Each instance has its own history; the events are about the nodes. Callers hold the rows' locks.
 */
import { type InstanceId, type InstanceState, mayMove, type NodeId, type NodeState } from '@zhiyun/contracts';
import { anyOf, type Tx } from '@zhiyun/store';
import { sql } from 'kysely';
import type { Cause, InstanceRow, RefusedMove } from './next-state.ts';
import { type ShownState, shownState } from './shown-state.ts';
import { historyOf } from './state-history.ts';

export type TogetherRow = Pick<
  InstanceRow,
  | 'id'
  | 'name'
  | 'state'
  | 'node_id'
  | 'wanted_state'
  | 'observed_state'
  | 'observed_stop_reason'
  | 'observed_stop_detail'
>;
export const togetherColumns = [
  ...(['id', 'name', 'state', 'node_id', 'wanted_state'] as const),
  ...(['observed_state', 'observed_stop_reason', 'observed_stop_detail'] as const),
] as const;

export interface Together {
  instance: TogetherRow;
  /** Of its node; null: it is removed as lost, and its instances are without one from now on. */
  node: NodeState | null;
}

export interface MovedTogether {
  /** How many of which node show what now. */
  counts: { nodeId: NodeId | null; to: InstanceState; count: number }[];
  refused: RefusedMove[];
}

interface Same {
  from: InstanceState;
  shown: ShownState;
  isLost: boolean;
  ids: InstanceId[];
}

/** No operation works on them, or none is to work on them any more. */
export async function moveTogether(tx: Tx, all: readonly Together[], cause: Cause): Promise<MovedTogether> {
  const sets = new Map<string, Same>();
  const counts = new Map<string, MovedTogether['counts'][number]>();
  const refused: RefusedMove[] = [];
  for (const { instance, node } of all) {
    const { id, name, node_id, state: from, wanted_state: wanted } = instance;
    const shown = shownState({ wanted, observed: instance, node, working: null });
    const { state: to } = shown;
    if (from === to) continue;
    if (!mayMove(from, to)) {
      refused.push({ id, name, from, to });
      continue;
    }
    const isLost = node === null;
    entry(sets, { from, shown, isLost }, () => ({ from, shown, isLost, ids: [] })).ids.push(id);
    entry(counts, { node_id, to }, () => ({ nodeId: node_id, to, count: 0 })).count++;
  }
  for (const same of sets.values()) await moveSame(tx, same, cause);
  return { counts: [...counts.values()], refused };
}

function entry<T>(map: Map<string, T>, parts: object, make: () => T): T {
  const key = JSON.stringify(parts);
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

async function moveSame(tx: Tx, { from, shown, isLost, ids }: Same, { kind, operation }: Cause): Promise<void> {
  // Of the machine each has its own: what was last heard of it.
  const run = shown.run === undefined ? sql`instance.run` : sql`instance.observed_run`;
  await sql`
    with had as materialized (select id, node_id from instance where id = ${anyOf(ids)}),
    changed as (
      update instance set state = ${shown.state}, stop_reason = ${shown.stopReason}, stop_detail = ${shown.stopDetail},
        run = ${run}, moves = moves + 1, state_since = greatest(clock_timestamp(), state_since)
        ${isLost ? sql`, node_id = null` : sql``}
      where id = ${anyOf(ids)}
      returning id, moves, state, stop_reason, state_since
    ), moved as (
      select changed.*, ${from} as from_state, ${kind} as cause, ${operation}::uuid as operation_id, had.node_id
      from changed join had using (id)
    )
    ${historyOf('moved')}`.execute(tx);
}
