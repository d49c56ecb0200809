/**
 * Allocates slots of the guest network. A claim is recorded synchronously, so concurrent callers never share a slot.
 */
import type { InstanceId } from '@zhiyun/contracts';
import type { GuestNetwork } from './guest-network.ts';
import { chooseSlot, guestAddress, slotCountOf, slotOfAddress } from './slots.ts';

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

  /** The slot of `address`, unless somebody on this machine has it: then another one, as where none is given. */
  async claim(instanceId: InstanceId, address: string | null): Promise<number> {
    const { range } = this.#network;
    const inUse = await this.#network.slotsInUse();
    const isTaken = (slot: number) => this.#held.has(slot) || inUse.has(slot);
    const given = address === null ? undefined : slotOfAddress(range, address);
    const isGiven = given !== undefined && guestAddress(range, given) === address && !isTaken(given);
    const slot = isGiven ? given : chooseSlot(instanceId, range, isTaken);
    this.#held.add(slot);
    return slot;
  }

  release(slot: number): void {
    this.#held.delete(slot);
  }
}
