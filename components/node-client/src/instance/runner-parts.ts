/** What every runner works with; the same for all instances of a node. */
import type { Clock, Logger } from '@zhiyun/kernel';
import type { InstanceDisks } from '../disk/instance-disks.ts';
import type { Hypervisor } from '../hypervisor/hypervisor.ts';
import type { ImageCache } from '../image/image-cache.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { GuestNetwork } from '../network/guest-network.ts';
import type { NodePaths } from '../paths.ts';
import type { InstanceChange } from './order.ts';
import type { SlotBook } from './slot-book.ts';

export interface RunnerParts {
  ledger: Ledger;
  disks: InstanceDisks;
  images: ImageCache;
  network: GuestNetwork;
  slots: SlotBook;
  hypervisor: Hypervisor;
  paths: NodePaths;
  clock: Clock;
  log: Logger;
  announce: (change: InstanceChange) => void;
}
