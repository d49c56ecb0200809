/** A TCP proxy on loopback that can drop all traffic (the peer vanishes silently) or break connections. */
import { once } from 'node:events';
import net from 'node:net';
import type { LinkAddress } from '@zhiyun/contracts/links';

export class LinkProxy implements Disposable {
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  #swallowing = false;
  /** Connections so far. */
  begun = 0;

  private constructor(target: LinkAddress) {
    this.#server = net.createServer((near) => {
      this.begun++;
      const far = net.connect(target);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on('error', () => {});
        from.on('data', (chunk) => {
          if (!this.#swallowing) to.write(chunk);
        });
        from.on('close', () => {
          this.#sockets.delete(from);
          if (!this.#swallowing) to.destroy();
        });
      }
    });
  }

  static async to(target: LinkAddress): Promise<LinkProxy> {
    const proxy = new LinkProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  /** Ends of connections that are open now. */
  get open(): number {
    return this.#sockets.size;
  }

  /** Drops everything from now on, even the end of a connection. */
  swallow(): void {
    this.#swallowing = true;
  }

  break(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  [Symbol.dispose](): void {
    this.#server.close();
    this.break();
  }
}
