/** Ledgers for tests: one that forgets nothing but lives in memory, one that never works. */
import type { InstanceId } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import type { Ledger, LedgerEntry } from './ledger.ts';

/** Entries outlive the agent that wrote them, as a disk does. */
export function createMemoryLedger(entries = new Map<InstanceId, LedgerEntry>()): Ledger {
  return {
    load: async () => ({ entries: [...entries.values()], damaged: [] }),
    write: async (entry) => void entries.set(entry.instanceId, structuredClone(entry)),
    remove: async (instanceId) => void entries.delete(instanceId),
  };
}

export function createFailingLedger(): Ledger {
  const fail = () => Promise.reject(new PlatformError('disk-full', 'No room for the ledger.'));
  return { load: async () => ({ entries: [], damaged: [] }), write: fail, remove: fail };
}
