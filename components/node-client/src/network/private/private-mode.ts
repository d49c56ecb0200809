/** Private mode: every NIC has a /30 of its own out of the node's range, whose number is its place. See `slots.ts`. */
import { privateMode } from '@zhiyun/contracts/links';
import type { NetworkMode, Port } from '../network-mode.ts';
import type { GuestNetwork } from './guest-network.ts';
import { SlotBook } from './slot-book.ts';
import { type GuestLink, guestLink } from './slots.ts';

export function createPrivateMode(network: GuestNetwork): NetworkMode {
  const book = new SlotBook(network);
  const linkOf = ({ place, macAddress, ownerUid }: Port): GuestLink => ({
    ...guestLink(network, place, macAddress),
    ownerUid,
  });
  return {
    name: privateMode,
    claim: (instanceId, { address }) => book.claim(instanceId, address),
    hold: (place) => book.hold(place),
    release: (place) => book.release(place),
    port(place, { macAddress }, ownerUid) {
      const link = guestLink(network, place, macAddress);
      return { place, tap: link.tap, macAddress: link.macAddress, address: link.address, ownerUid };
    },
    open: (ports) => network.open(ports.map(linkOf)),
    setUp: (port) => network.setUp(linkOf(port)),
    tearDown: (port) => network.tearDown(linkOf(port)),
    isUp: (port) => network.isUp(linkOf(port)),
    counters: (port) => network.counters(linkOf(port)),
  };
}
