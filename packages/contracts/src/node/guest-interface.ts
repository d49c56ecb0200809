/**
 * The network interfaces that a Node Client makes for its guests. They are told by their names: their addresses come from a range
 * that the administrator may choose, and a machine may well have an address of its own in it.
 */

/** Of every platform on the machine: `zy`, eight hexadecimal digits of the node's id, `-`, the number of the network. */
const pattern = /^zy[0-9a-f]{8}-[0-9a-z]{1,4}$/;

/** Every such interface of one node begins with this; 15 characters are all that Linux takes. */
export function guestInterfacePrefix(shortNodeId: string): string {
  return `zy${shortNodeId}-`;
}

/** It leads to a guest: nobody reaches this machine through it. */
export function isGuestInterface(name: string): boolean {
  return pattern.test(name);
}
