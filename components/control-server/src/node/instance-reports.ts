/** What nodes report of instances, taken into the database: by sequence, so that an older report never wins. */
import { type InstanceId, type NodeId, type NodeState, transientStates } from '@zhiyun/contracts';
import type { InstanceReport } from '@zhiyun/contracts/links';
import { recordEvent, type Store, type Tx } from '@zhiyun/store';
import {
  type InstanceRow,
  inOperation,
  keepReport,
  settleInstance,
  takeMissing,
  takeReport,
} from '../instance/instance-state.ts';
import { settledState } from '../instance/settled-state.ts';
import { setNodeState } from './node-store.ts';

/** A single change on a node. Of an instance that is not here (any more): nothing to do. */
export async function applyReport(store: Store, nodeId: NodeId, report: InstanceReport): Promise<void> {
  if (await keepReport(store, nodeId, report)) return;
  await change(store, nodeId, report.instanceId, (tx, instance) => takeReport(tx, instance, report));
}

/** The node has it no more. */
export async function applyGone(store: Store, nodeId: NodeId, instanceId: InstanceId, sequence: number): Promise<void> {
  await change(store, nodeId, instanceId, async (tx, instance) =>
    sequence > instance.observed_sequence ? await takeMissing(tx, instance, sequence) : instance,
  );
}

/** Instances of a node that no operation works on, by id. */
export async function settledInstances(store: Store, nodeId: NodeId): Promise<Set<InstanceId>> {
  const rows = await selectSettled(store, nodeId).execute();
  return new Set(rows.map(({ id }) => id));
}

function selectSettled(store: Store, nodeId: NodeId) {
  return store.db
    .selectFrom('instance')
    .select('id')
    .where('node_id', '=', nodeId)
    .where('state', 'not in', transientStates);
}

/**
 * Everything the node has, against everything that should be there. `expected`: what was settled on it before the node was
 * asked; what of it the node does not have is lost. Answers the ids that the node has and nobody knows.
 */
export async function applyInventory(
  store: Store,
  nodeId: NodeId,
  reports: readonly InstanceReport[],
  expected: ReadonlySet<InstanceId>,
): Promise<InstanceId[]> {
  const rows = await store.db.selectFrom('instance').selectAll().where('node_id', '=', nodeId).execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const present = new Set(reports.map(({ instanceId }) => instanceId));
  for (const report of reports) {
    const row = byId.get(report.instanceId);
    if (row && !upToDate(row, report)) await applyReport(store, nodeId, report);
  }
  for (const row of rows)
    if (expected.has(row.id) && !present.has(row.id) && (row.observed_state !== 'missing' || row.state === 'unknown'))
      await change(store, nodeId, row.id, (tx, instance) => takeMissing(tx, instance, instance.observed_sequence));
  return [...present].filter((id) => !byId.has(id));
}

/** Most of a returning node's instances are as they were: those cost no write. */
function upToDate(row: InstanceRow, report: InstanceReport): boolean {
  if (report.sequence > row.observed_sequence) return false;
  return inOperation(row.state) || settledState(row, 'online').state === row.state;
}

/** Event once per call; the instance itself is left alone: it may be the only copy of somebody's data. */
export async function reportUnknownInstance(
  store: Store,
  node: { id: NodeId; name: string },
  instanceId: InstanceId,
): Promise<void> {
  const subject = { kind: 'node', id: node.id, name: node.name } as const;
  await store.tx((tx) =>
    recordEvent(tx, { kind: 'node.unknown-instance', severity: 'warning', subject, data: { instanceId } }),
  );
}

/**
 * The node's state, then what follows for its instances: `unknown` while it is offline, what was last heard after that. The
 * others cost nothing, so a node that is suspect for a moment is not a storm of writes.
 */
export async function applyNodeState(store: Store, nodeId: NodeId, state: NodeState): Promise<void> {
  if (!(await store.tx((tx) => setNodeState(tx, nodeId, state))) || state === 'suspect') return;
  const touched = selectSettled(store, nodeId).where('state', state === 'offline' ? '<>' : '=', 'unknown');
  for (const { id } of await touched.execute()) await change(store, nodeId, id, async (_, instance) => instance);
}

async function change(
  store: Store,
  nodeId: NodeId,
  instanceId: InstanceId,
  take: (tx: Tx, instance: InstanceRow) => Promise<InstanceRow>,
): Promise<void> {
  await store.tx(async (tx) => {
    const locked = await tx
      .selectFrom('instance')
      .selectAll()
      .where('id', '=', instanceId)
      .where('node_id', '=', nodeId)
      .forUpdate()
      .executeTakeFirst();
    if (!locked) return;
    const instance = await take(tx, locked);
    if (!inOperation(instance.state)) await settleInstance(tx, instance);
  });
}
