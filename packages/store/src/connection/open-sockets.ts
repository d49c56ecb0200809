/**
 * The sockets of a store's connections, so that they can be ended when this machine loses the address they come from: nothing
 * would come back to it, and nobody would say so.
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

  /** Ends those that come from none of these addresses. */
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
