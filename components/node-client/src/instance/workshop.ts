/**
 * What an instance is made of on this node: images in the cache, directory and disks, network. Made, mended and cleared away
 * here; when and why is the runner's business.
 */
import type { InstanceId } from '@zhiyun/contracts';
import type { NodeImage } from '@zhiyun/contracts/links';
import type { FileOwner } from '../disk/instance-disks.ts';
import type { MachineSpec } from '../hypervisor/hypervisor.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import { type GuestLink, guestLink, type LinkOwner } from '../network/slots.ts';
import type { RunnerParts } from './runner-parts.ts';

export class Workshop {
  readonly #parts: RunnerParts;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  async make(entry: LedgerEntry, signal: AbortSignal, onProgress: (fraction: number) => void): Promise<void> {
    await this.#fetchImages(entry, signal, onProgress);
    signal.throwIfAborted();
    await both(this.#parts.disks.create(entry.config, this.#owner(entry)), this.#parts.network.setUp(this.link(entry)));
  }

  /** Before a start: what may have gone missing without touching the guest's data, e.g. taps with a reboot of the node, or a removal that failed. */
  async repair(entry: LedgerEntry, signal: AbortSignal): Promise<void> {
    await this.#parts.disks.finish(entry.instanceId);
    await this.#parts.disks.own(entry.config, this.#owner(entry));
    const link = this.link(entry);
    if (!this.#parts.network.isUp(link)) await this.#parts.network.setUp(link);
    await this.#fetchImages(entry, signal, () => {});
  }

  /** Once the ledger promises the instance. */
  finish(instanceId: InstanceId): Promise<void> {
    return this.#parts.disks.finish(instanceId);
  }

  /** Before the promise is withdrawn: without it the disks would be taken for ones whose ledger entry was lost. */
  beginRemoval(instanceId: InstanceId): Promise<void> {
    return this.#parts.disks.beginRemoval(instanceId);
  }

  /** Spares disks that are whole: those of a removal must have had its beginning. */
  async clear(entry: LedgerEntry): Promise<void> {
    await both(this.#parts.disks.remove(entry.instanceId), this.#parts.network.tearDown(this.link(entry)));
  }

  /** Of an instance without a readable ledger entry. */
  async removeUnknown(instanceId: InstanceId): Promise<void> {
    await this.#parts.ledger.remove(instanceId);
    await this.#parts.disks.remove(instanceId);
  }

  link(entry: LedgerEntry): GuestLink {
    return linkOf(entry, this.#parts.network);
  }

  #owner({ uid }: LedgerEntry): FileOwner {
    return uid === undefined ? this.#parts.user : { uid, gid: uid };
  }

  machineSpec(entry: LedgerEntry): MachineSpec {
    const { config, epoch } = entry;
    return {
      instanceId: config.id,
      name: config.name,
      cores: config.cores,
      memoryBytes: config.memoryBytes,
      macAddress: config.macAddress,
      tap: this.link(entry).tap,
      disks: this.#parts.disks.layers(config),
      isoPath: config.iso && this.#parts.paths.image(config.iso.id),
      boot: config.boot,
      uid: entry.uid,
      directory: this.#parts.paths.instance(config.id),
      epoch: Math.max(0, epoch - 1),
    };
  }

  /** Progress counts bytes over all images. */
  async #fetchImages(entry: LedgerEntry, signal: AbortSignal, onProgress: (fraction: number) => void): Promise<void> {
    const images = imagesOf(entry);
    const total = images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    let before = 0;
    for (const image of images) {
      await this.#parts.images.ensure(image, {
        signal,
        onProgress: (fraction) => onProgress((before + fraction * image.sizeBytes) / total),
      });
      before += image.sizeBytes;
    }
  }
}

export function linkOf({ slot, config, uid }: LedgerEntry, owner: LinkOwner): GuestLink {
  return { ...guestLink(owner, slot, config.macAddress), ownerUid: uid };
}

export function imagesOf({ config }: LedgerEntry): NodeImage[] {
  const images = [...config.disks.map(({ image }) => image), config.iso].filter((image) => image !== null);
  return [...new Map(images.map((image) => [image.id, image])).values()];
}

/** Side by side; waits for both even when one fails, so that nothing is still being made when it is cleared away. */
async function both(one: Promise<void>, other: Promise<void>): Promise<void> {
  const failure = (await Promise.allSettled([one, other])).find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
}
