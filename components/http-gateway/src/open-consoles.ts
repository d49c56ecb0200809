/**
 * Registry of open consoles. A console ends within a second of its session, and after a grace period without any
 * Control Server to confirm the session. A ping is the keepalive against proxies with idle timeouts, and detects a dead
 * browser.
 */
import { controlServerLink } from '@zhiyun/contracts/links';
import type { Clock, Logger } from '@zhiyun/kernel';
import type { WebSocket } from 'ws';
import type { LiveControl } from './live-control.ts';

const checkMs = 500;
const pingMs = 25_000;
/** Grace period without confirmation: longer than a restart of a Control Server, short enough for a revoked right. */
const unsureMs = 30_000;

const farewellMs = 100;

/** Why the gateway closes a console, as WebSocket close codes (RFC 6455 §7.4). */
export const closeCodes = { notAllowed: 1008, unsure: 1013 } as const;

interface OpenConsole {
  readonly socket: WebSocket;
  /** Undefined: of a Control Server that binds consoles to nothing yet. */
  readonly sessionId: string | undefined;
  isAlive: boolean;
}

export class OpenConsoles implements Disposable {
  readonly #control: LiveControl;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #open = new Set<OpenConsole>();
  readonly #timers: readonly Disposable[];
  #asking = false;
  #heardAtMs: number;

  constructor(control: LiveControl, clock: Clock, log: Logger) {
    this.#control = control;
    this.#clock = clock;
    this.#log = log;
    this.#heardAtMs = clock.monotonicMs();
    this.#timers = [clock.every(checkMs, () => void this.#check()), clock.every(pingMs, () => this.#ping())];
  }

  add(socket: WebSocket, sessionId: string | undefined): void {
    if (this.#open.size === 0) this.#heardAtMs = this.#clock.monotonicMs();
    const console: OpenConsole = { socket, sessionId, isAlive: true };
    this.#open.add(console);
    socket.on('pong', () => {
      console.isAlive = true;
    });
    socket.once('close', () => this.#open.delete(console));
  }

  async #check(): Promise<void> {
    if (this.#asking) return;
    const sessionIds = [...new Set([...this.#open].flatMap(({ sessionId }) => sessionId ?? []))];
    if (sessionIds.length === 0) return;
    this.#asking = true;
    try {
      const { ended } = await this.#control.ask((peer) => peer.as(controlServerLink).endedConsoles({ sessionIds }), {
        repeatable: true,
      });
      this.#heardAtMs = this.#clock.monotonicMs();
      const gone = new Set(ended);
      this.#close(({ sessionId }) => sessionId !== undefined && gone.has(sessionId), closeCodes.notAllowed);
    } catch (error) {
      const silentMs = this.#clock.monotonicMs() - this.#heardAtMs;
      this.#log.debug(
        { error: (error as Error).message, silentMs },
        'the rights to open consoles could not be checked',
      );
      if (silentMs > unsureMs) this.#close(({ sessionId }) => sessionId !== undefined, closeCodes.unsure);
    } finally {
      this.#asking = false;
    }
  }

  #close(which: (console: OpenConsole) => boolean, code: number): void {
    for (const console of [...this.#open].filter(which)) {
      this.#open.delete(console);
      console.socket.close(code);
      // The other side need not agree, it only gets a moment to read why.
      void this.#clock.sleep(farewellMs).then(() => console.socket.terminate());
    }
  }

  #ping(): void {
    for (const console of this.#open) {
      if (!console.isAlive) {
        console.socket.terminate();
        continue;
      }
      console.isAlive = false;
      console.socket.ping();
    }
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) timer[Symbol.dispose]();
    for (const { socket } of this.#open) socket.terminate();
  }
}
