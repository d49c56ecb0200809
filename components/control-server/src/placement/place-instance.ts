/** Placement with its database: look, choose, claim; when the claim is lost to somebody else, look at the next. */
import type { ComputePoolId, NodeId, NodeLoad, PlacementCandidate } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import type { Database, Tx } from '@zhiyun/store';
import type { Kysely } from 'kysely';
import { claimCapacity, loadPlacementNodes } from './capacity-store.ts';
import { choosePlacement, type Placement } from './choose-placement.ts';
import { insufficientCapacity } from './insufficient-capacity.ts';
import type { PlacementPolicy, PlacementRequest } from './placement.ts';

type LoadOf = (nodeId: NodeId) => NodeLoad | null;

/** Of a pool of thousands an instance keeps the best and the first dropped. */
const keptCandidates = 50;

/** Where it would go now. Throws `insufficient-capacity` with the reasons when nowhere. */
export async function findPlacement(
  db: Kysely<Database>,
  request: PlacementRequest,
  loadOf: LoadOf,
): Promise<Placement & { poolName: string }> {
  const pool = await loadPool(db, request.computePoolId);
  const placement = choosePlacement(await loadPlacementNodes(db, request.computePoolId, loadOf), request, pool.policy);
  if (placement.ranked.length === 0) throw insufficientCapacity(pool.name, placement.candidates);
  return { ...placement, poolName: pool.name };
}

/** Claims the best node that still can take it. Throws `insufficient-capacity` when none could. */
export async function placeInstance(
  tx: Tx,
  request: PlacementRequest,
  loadOf: LoadOf,
): Promise<{ nodeId: NodeId; candidates: PlacementCandidate[] }> {
  const { ranked, candidates, poolName } = await findPlacement(tx, request, loadOf);
  const lost = new Set<NodeId>();
  for (const node of ranked) {
    if (await claimCapacity(tx, node.id, request))
      return { nodeId: node.id, candidates: withLost(candidates, lost).slice(0, keptCandidates) };
    lost.add(node.id);
  }
  throw insufficientCapacity(poolName, withLost(candidates, lost));
}

function withLost(candidates: readonly PlacementCandidate[], lost: ReadonlySet<NodeId>): PlacementCandidate[] {
  return candidates.map((candidate) =>
    lost.has(candidate.node.id)
      ? { ...candidate, score: null, reason: 'was given to another instance at the same moment' }
      : candidate,
  );
}

async function loadPool(db: Kysely<Database>, id: ComputePoolId): Promise<{ name: string; policy: PlacementPolicy }> {
  const row = await db
    .selectFrom('compute_pool')
    .select(['name', 'cpu_overcommit', 'disk_overcommit'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw new PlatformError('not-found', `There is no compute pool ${id}.`);
  return { name: row.name, policy: { cpuOvercommit: row.cpu_overcommit, diskOvercommit: row.disk_overcommit } };
}
