/** What every runner works with; the same for all instances of a node. */
import type { Clock, Logger } from '@zhiyun/kernel';
import type { FileOwner, InstanceDisks } from '../disk/instance-disks.ts';
import type { Hypervisor } from '../hypervisor/hypervisor.ts';
import type { ImageCache } from '../image/image-cache.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { GuestNetwork } from '../network/guest-network.ts';
import type { NodePaths } from '../paths.ts';
import type { GuestUsers } from './guest-users.ts';
import type { InstanceChange } from './order.ts';
import type { AfterRestart } from './restart-plan.ts';
import type { SlotBook } from './slot-book.ts';

export interface RunnerParts {
  ledger: Ledger;
  disks: InstanceDisks;
  images: ImageCache;
  network: GuestNetwork;
  slots: SlotBook;
  users: GuestUsers;
  /** Whose the disks and the tap of an instance are that has no user of its own. */
  user: FileOwner;
  hypervisor: Hypervisor;
  /** What becomes of instances that ran when the node was restarted. */
  afterRestart: AfterRestart;
  paths: NodePaths;
  clock: Clock;
  log: Logger;
  announce: (change: InstanceChange) => void;
}
