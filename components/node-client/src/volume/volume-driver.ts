/**
 * Interface to a kind of storage. A driver is a folder here; every driver passes `contract.ts`. The Control Server
 * chooses the driver and the volume's locator (a name in the driver's own terms) in the instance's configuration.
 */
import type { DiskConfig } from '@zhiyun/contracts/links';
import type { FileOwner } from './instance-disks.ts';

/** One image or volume file of a chain, with its format named: nothing inside it decides how it is opened. */
export interface DiskLayer {
  path: string;
  format: 'qcow2' | 'raw';
}

/** The instance's directory as it is called now. Only drivers that keep their volumes on this node look at it. */
export type VolumeHome = string;

export interface VolumeDriver {
  /** As in `volume.driver`. */
  readonly name: string;
  /**
   * Makes the volume, durably, thin over its image where it has one; the image lies in the cache. There already: made anew, for it was
   * never promised. Nothing is left when it fails. `disk-full`, or what the storage says.
   */
  create(disk: DiskConfig, home: VolumeHome, owner: FileOwner): Promise<void>;
  /** Gives it to another user; that user's already: done. Throws when the volume is not there: it is never made anew. */
  own(disk: DiskConfig, home: VolumeHome, owner: FileOwner): Promise<void>;
  /** Of an instance that is not promised any more. Not there: done already. */
  remove(disk: DiskConfig, home: VolumeHome): Promise<void>;
  /** What QEMU opens, from the volume itself down to its base. Pure. */
  attach(disk: DiskConfig, home: VolumeHome): readonly DiskLayer[];
}
