/** What a Control Server may order of one instance. The link's calls, with their names as data. */
import type { InstanceConfig, InstanceReport, NodeReport } from '@zhiyun/contracts/links';
import type { LedgerEntry } from '../ledger/ledger.ts';

/** What the guest was given, and what is left of it. */
export interface ShutdownTime {
  readonly timeoutSeconds: number;
  readonly waitSeconds?: number | undefined;
}

export type Order = { readonly generation: number } & (
  | { readonly kind: 'prepare' | 'start'; readonly config: InstanceConfig }
  | ({ readonly kind: 'stop' } & ShutdownTime)
  | ({ readonly kind: 'reboot'; readonly config: InstanceConfig } & ShutdownTime)
  | { readonly kind: 'kill' | 'reset' | 'remove' }
);

export type InstanceChange = Extract<NodeReport, { type: 'instance' | 'gone' }>;

export function reportOf(entry: LedgerEntry, address: string | null): InstanceReport {
  const state = entry.machine ? 'running' : entry.stopReason === 'never-started' ? 'prepared' : 'stopped';
  return {
    instanceId: entry.instanceId,
    generation: entry.generation,
    sequence: entry.sequence,
    state,
    stopReason: entry.stopReason,
    stopDetail: entry.stopDetail,
    pid: entry.machine?.pid ?? null,
    address,
    condition: (entry.machine && entry.condition) ?? null,
    epoch: entry.epoch,
    startedBy: entry.startedBy ?? 'order',
  };
}
