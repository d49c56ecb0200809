/**
 * Placement with its database. Looking costs nothing: each pool is kept in memory as it was a moment ago, and what is chosen
 * here is counted there at once, so that instances that come together do not all go to the same node. What counts is the
 * claim: one conditional statement of the caller's. When it is lost, the pool is read anew and every node is tried in turn.
 */

import { type ComputePoolId, type NodeId, type NodeLoad, type PlacementCandidate, say } from '@zhiyun/contracts';
import { type Clock, systemClock } from '@zhiyun/kernel';
import type { Database } from '@zhiyun/store';
import type { Kysely } from 'kysely';
import { notFound } from '../reference/named.ts';
import { choosePlacement, droppedFor } from './choose-placement.ts';
import { insufficientCapacity } from './insufficient-capacity.ts';
import { loadPlacementNodes } from './node-accounts.ts';
import type { PlacementNode, PlacementPolicy, PlacementRequest } from './terms.ts';

type LoadOf = (nodeId: NodeId) => NodeLoad | null;
/** Takes the node for good, together with what else belongs to it. False: it can take it no more. */
export type Claim = (nodeId: NodeId, candidates: readonly PlacementCandidate[]) => Promise<boolean>;

/** Of the nodes that were looked at an instance keeps the best, then the first that were dropped. */
const keptCandidates = 10;
/** In a larger pool only so many are weighed, the next ones the next time: the best of a hundred is good enough. */
const weighedAtOnce = 100;
const keptMs = 1_000;

interface Pool {
  name: string;
  policy: PlacementPolicy;
  nodes: PlacementNode[];
  /** Where in `nodes`. */
  places: ReadonlyMap<NodeId, number>;
  /** Where the next look begins. */
  turn: number;
}

export class Placements {
  readonly #loadOf: LoadOf;
  readonly #clock: Clock;
  readonly #kept = new Map<ComputePoolId, { pool: Promise<Pool>; askedAtMs: number }>();

  constructor(loadOf: LoadOf, clock: Clock = systemClock) {
    this.#loadOf = loadOf;
    this.#clock = clock;
  }

  /**
   * Reads only by the caller's connection. Throws `insufficient-capacity` with the reasons when no node could take it.
   */
  async place(db: Kysely<Database>, request: PlacementRequest, claim: Claim): Promise<NodeId> {
    const look = await this.look(db, request);
    if (look && (await claim(look.nodeId, look.candidates))) return look.nodeId;
    return this.#placeAnew(db, request, claim);
  }

  /** Where it would go by what is kept in memory; counted there as if it went. Undefined: nowhere. */
  async look(
    db: Kysely<Database>,
    request: PlacementRequest,
  ): Promise<{ nodeId: NodeId; candidates: readonly PlacementCandidate[] } | undefined> {
    const pool = await this.#pool(db, request.computePoolId);
    for (const nodes of windows(pool)) {
      const { ranked, candidates } = choosePlacement(nodes, request, pool.policy, keptCandidates);
      const [best] = ranked;
      if (!best) continue;
      promise(pool, best.id, request);
      return { nodeId: best.id, candidates };
    }
    return undefined;
  }

  /** By what the database says now, node by node. */
  async #placeAnew(db: Kysely<Database>, request: PlacementRequest, claim: Claim): Promise<NodeId> {
    const pool = await this.#read(db, request.computePoolId);
    const { ranked, candidates } = choosePlacement(pool.nodes, request, pool.policy);
    const lost = new Set<NodeId>();
    for (const { id } of ranked) {
      if (await claim(id, withLost(candidates, lost).slice(0, keptCandidates))) return id;
      lost.add(id);
    }
    // Whoever was quicker has committed: now it can be said what is short, and by how much.
    const now = await this.#read(db, request.computePoolId);
    throw insufficientCapacity(pool.name, withLost(choosePlacement(now.nodes, request, now.policy).candidates, lost));
  }

  /** As it was at most `keptMs` ago; those who ask together share one reading. */
  #pool(db: Kysely<Database>, id: ComputePoolId): Promise<Pool> {
    const kept = this.#kept.get(id);
    const askedAtMs = this.#clock.monotonicMs();
    if (kept && askedAtMs - kept.askedAtMs < keptMs) return kept.pool;
    const pool = this.#readAfter(db, id, kept?.pool);
    this.#kept.set(id, { pool, askedAtMs });
    pool.catch(() => {
      if (this.#kept.get(id)?.pool === pool) this.#kept.delete(id);
    });
    return pool;
  }

  async #readAfter(db: Kysely<Database>, id: ComputePoolId, former: Promise<Pool> | undefined): Promise<Pool> {
    const [pool, last] = await Promise.all([this.#read(db, id), former?.catch(() => undefined)]);
    return { ...pool, turn: last?.turn ?? 0 };
  }

  async #read(db: Kysely<Database>, id: ComputePoolId): Promise<Pool> {
    const [pool, rows] = await Promise.all([loadPool(db, id), loadPlacementNodes(db, id)]);
    const nodes = rows.map((node) => ({ ...node, load: this.#loadOf(node.id) }));
    return { ...pool, nodes, places: new Map(nodes.map((node, place) => [node.id, place])), turn: 0 };
  }
}

/** The whole pool in parts, beginning where the last look ended. */
function* windows(pool: Pool): Generator<PlacementNode[]> {
  const { nodes } = pool;
  const count = Math.ceil(nodes.length / weighedAtOnce);
  for (let part = 0; part < count; part++) {
    const at = (pool.turn++ % count) * weighedAtOnce;
    yield nodes.slice(at, at + weighedAtOnce);
  }
}

function promise(pool: Pool, id: NodeId, request: PlacementRequest): void {
  const place = pool.places.get(id);
  const node = place === undefined ? undefined : pool.nodes[place];
  if (place === undefined || !node) return;
  pool.nodes[place] = {
    ...node,
    cores: { ...node.cores, promised: node.cores.promised + request.cores },
    memoryBytes: { ...node.memoryBytes, promised: node.memoryBytes.promised + request.memoryBytes },
    diskBytes: { ...node.diskBytes, promised: node.diskBytes.promised + request.diskBytes },
  };
}

function withLost(candidates: readonly PlacementCandidate[], lost: ReadonlySet<NodeId>): PlacementCandidate[] {
  return candidates.map((candidate) =>
    candidate.reason === null && lost.has(candidate.node.id)
      ? { ...candidate, ...droppedFor(say('placement.taken')) }
      : candidate,
  );
}

async function loadPool(db: Kysely<Database>, id: ComputePoolId): Promise<{ name: string; policy: PlacementPolicy }> {
  const row = await db
    .selectFrom('compute_pool')
    .select(['name', 'cpu_overcommit', 'disk_overcommit'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('compute-pool', id);
  return { name: row.name, policy: { cpuOvercommit: row.cpu_overcommit, diskOvercommit: row.disk_overcommit } };
}
