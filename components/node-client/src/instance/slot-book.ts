/** Which instance holds which slot of the guest network. A claim is in the book before anybody else can look. */
import type { InstanceId } from '@zhiyun/contracts';
import type { GuestNetwork } from '../network/guest-network.ts';
import { chooseSlot, slotCountOf } from '../network/slots.ts';

export class SlotBook {
  readonly #network: GuestNetwork;
  readonly #held = new Set<number>();

  constructor(network: GuestNetwork) {
    this.#network = network;
  }

  /** For what the ledger says. False: the node's range has become smaller, and has no such slot. */
  hold(slot: number): boolean {
    if (slot >= slotCountOf(this.#network.range)) return false;
    this.#held.add(slot);
    return true;
  }

  async claim(instanceId: InstanceId): Promise<number> {
    const inUse = await this.#network.slotsInUse();
    const slot = chooseSlot(
      instanceId,
      this.#network.range,
      (candidate) => this.#held.has(candidate) || inUse.has(candidate),
    );
    this.#held.add(slot);
    return slot;
  }

  release(slot: number): void {
    this.#held.delete(slot);
  }
}
