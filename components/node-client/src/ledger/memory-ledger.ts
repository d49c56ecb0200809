/** In-memory ledger for tests and simulated nodes. */
import type { InstanceId } from '@zhiyun/contracts';
import type { Ledger, LedgerEntry } from './ledger.ts';

/** Entries outlive the agent that wrote them, as a disk does. They are replaced, never changed: no copy is needed. */
export function createMemoryLedger(entries = new Map<InstanceId, LedgerEntry>()): Ledger {
  return {
    load: async () => ({ entries: [...entries.values()], unreadable: [] }),
    write: async (entry) => void entries.set(entry.instanceId, entry),
    remove: async (instanceId) => void entries.delete(instanceId),
  };
}
