/** Capacity of a machine available to instances, and its figures for the API. */
import { type Capacity, MiB, type NodeFacts, type NodeLoad } from '@zhiyun/contracts';
import type { NodeTotals } from '../placement/node-accounts.ts';

/** Reserved for the system and its agents: a tenth of the memory, at least 512 MiB. */
export function systemReserveBytes(memoryBytes: number): number {
  return Math.max(512 * MiB, Math.ceil(memoryBytes / 10));
}

export function totalsOf(facts: NodeFacts): NodeTotals {
  return {
    cores: facts.cores,
    memoryBytes: Math.max(0, facts.memoryBytes - systemReserveBytes(facts.memoryBytes)),
    diskBytes: facts.diskBytes,
  };
}

export interface CapacityRow {
  cores_total: number;
  memory_bytes_total: number;
  disk_bytes_total: number;
  cores_promised: number;
  memory_bytes_promised: number;
  disk_bytes_promised: number;
  /** Of its pool; null: in no pool, nothing is promised twice. */
  cpu_overcommit: number | null;
  disk_overcommit: number | null;
}

/** `total` is what may be promised: with overcommit. */
export function capacityOf(row: CapacityRow, load: NodeLoad | null): Capacity {
  return {
    cores: {
      total: Math.floor(row.cores_total * (row.cpu_overcommit ?? 1)),
      promised: row.cores_promised,
      used: load === null ? null : load.cpu * row.cores_total,
    },
    memoryBytes: {
      total: row.memory_bytes_total,
      promised: row.memory_bytes_promised,
      used: load?.memoryUsedBytes ?? null,
    },
    diskBytes: {
      total: Math.floor(row.disk_bytes_total * (row.disk_overcommit ?? 1)),
      promised: row.disk_bytes_promised,
      used: load?.diskUsedBytes ?? null,
    },
  };
}

/** `used` is the sum over those that are heard of; null when none is. */
export function sumCapacities(capacities: readonly Capacity[]): Capacity {
  const sum = (part: keyof Capacity) => {
    const used = capacities.map((capacity) => capacity[part].used).filter((amount) => amount !== null);
    return {
      total: capacities.reduce((total, capacity) => total + capacity[part].total, 0),
      promised: capacities.reduce((total, capacity) => total + capacity[part].promised, 0),
      used: used.length > 0 ? used.reduce((total, amount) => total + amount, 0) : null,
    };
  };
  return { cores: sum('cores'), memoryBytes: sum('memoryBytes'), diskBytes: sum('diskBytes') };
}
