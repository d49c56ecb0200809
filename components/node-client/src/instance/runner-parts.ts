/** Dependencies shared by all runners of a node. */
import type { InstanceConfig } from '@zhiyun/contracts/links';
import type { Clock, Logger } from '@zhiyun/kernel';
import type { Hypervisor, MachineSpec } from '../hypervisor/hypervisor.ts';
import type { Ledger, LedgerEntry } from '../ledger/ledger.ts';
import type { InstanceDisks } from '../volume/instance-disks.ts';
import type { Workshop } from '../workshop/workshop.ts';
import type { InstanceChange } from './order.ts';
import type { AfterRestart } from './restart-plan.ts';

export interface RunnerParts {
  ledger: Ledger;
  workshop: Workshop;
  /** For the marks around a promise. */
  disks: Pick<InstanceDisks, 'finish' | 'beginRemoval' | 'removeDirectory'>;
  hypervisor: Hypervisor;
  /** Throws `invalid-request` for what this node could not make: nothing has been begun then. */
  admit: (config: InstanceConfig) => void;
  machineSpec: (entry: LedgerEntry) => MachineSpec;
  /** Of its first NIC, for reports. */
  addressOf: (entry: LedgerEntry) => string | null;
  /** What becomes of instances that ran when the node was restarted. */
  afterRestart: AfterRestart;
  clock: Clock;
  log: Logger;
  announce: (change: InstanceChange) => void;
}
