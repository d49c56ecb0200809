/**
 * Tracks the store's sockets, to close those bound to an address that this machine has lost: they would hang without an
 * error.
 */
import net from 'node:net';

export class OpenSockets {
  readonly #sockets = new Set<net.Socket>();

  open(): net.Socket {
    const socket = new net.Socket();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }

  /** Closes sockets bound to none of these addresses. */
  keepFrom(own: ReadonlySet<string>): void {
    for (const socket of this.#sockets) {
      // Unix sockets have none.
      const from = socket.localAddress;
      if (from !== undefined && !own.has(from)) {
        socket.destroy(new Error(`Connection terminated: this machine has the address ${from} no more`));
      }
    }
  }
}
