/** A ledger for tests that never works. */
import { PlatformError } from '@zhiyun/kernel';
import type { Ledger } from './ledger.ts';

export function createFailingLedger(): Ledger {
  const fail = () => Promise.reject(new PlatformError('disk-full', 'No room for the ledger.'));
  return { load: async () => ({ entries: [], unreadable: [] }), write: fail, remove: fail };
}
