/** The way from a browser to the gateway: a TCP proxy that can stand still (as before a process that hangs) or break off. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class Door implements Disposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isStill = false;

  private constructor(targetPort: number) {
    this.#server = createServer((near) => {
      const far = connect(targetPort, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.setNoDelay(true);
        if (this.#isStill) from.pause();
        from.on('error', () => {});
        from.on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
        from.on('data', (bytes) => {
          if (!to.write(bytes)) {
            from.pause();
            to.once('drain', () => this.#isStill || from.resume());
          }
        });
      }
    });
  }

  static async to(targetPort: number): Promise<Door> {
    const door = new Door(targetPort);
    door.#server.listen(0, '127.0.0.1');
    await once(door.#server, 'listening');
    return door;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections stay open, and nothing arrives any more. */
  standStill(): void {
    this.#isStill = true;
    for (const socket of this.#sockets) socket.pause();
  }

  goOn(): void {
    this.#isStill = false;
    for (const socket of this.#sockets) socket.resume();
  }

  /** As when the gateway goes down: every connection ends. New ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  [Symbol.dispose](): void {
    this.#server.close();
    this.cut();
  }
}
