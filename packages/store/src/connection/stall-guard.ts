/**
 * Watchdog for stalled connections. A vanished host, or a lost local address, leaves clients waiting for minutes, while
 * a slow statement is legitimate. So after a while a probe connection asks whether the server is still primary and
 * still works for us; if not, the waiting connection is cut. A COMMIT without a synchronous standby waits without
 * limit, and is given up after `commitWithinMs`.
 */
import { systemClock } from '@zhiyun/kernel';
import type pg from 'pg';
import { cutOff } from './client-settings.ts';
import type { PrimaryFinder } from './primary-finder.ts';
import type { ServerAddress } from './server-address.ts';

const lookEveryMs = 2_000;
const commitWithinMs = 30_000;

export interface Waiting {
  readonly client: pg.Client;
  readonly server: ServerAddress;
  readonly isCommit: boolean;
  readonly sinceMs: number;
}

export class StallGuard implements Disposable {
  readonly #finder: PrimaryFinder;
  readonly #waiting = new Set<Waiting>();
  readonly #asking = new Set<ServerAddress>();
  readonly #timer: Disposable;

  constructor(finder: PrimaryFinder) {
    this.#finder = finder;
    this.#timer = systemClock.every(lookEveryMs, () => this.#look());
  }

  begin(client: pg.Client, server: ServerAddress, isCommit: boolean): Waiting {
    const waiting = { client, server, isCommit, sinceMs: systemClock.monotonicMs() };
    this.#waiting.add(waiting);
    return waiting;
  }

  end(waiting: Waiting): void {
    this.#waiting.delete(waiting);
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }

  #look(): void {
    const now = systemClock.monotonicMs();
    for (const { client, server, isCommit, sinceMs } of this.#waiting) {
      if (isCommit && now - sinceMs > commitWithinMs)
        cutOff(client, 'the change is not confirmed (no standby answers?)');
      else if (now - sinceMs > lookEveryMs) void this.#ask(server);
    }
  }

  async #ask(server: ServerAddress): Promise<void> {
    if (this.#asking.has(server)) return;
    this.#asking.add(server);
    const askedMs = systemClock.monotonicMs();
    const asked = [...this.#waiting].filter((waiting) => waiting.server === server && waiting.sinceMs < askedMs);
    const backends = asked.flatMap(({ client }) => backendOf(client) ?? []);
    // Twice: it may have been this process that was too busy to hear an answer which was under way.
    const once = await this.#finder.workingBackends(server, backends);
    const twice = await this.#finder.workingBackends(server, backends);
    this.#asking.delete(server);
    for (const waiting of asked) {
      const backend = backendOf(waiting.client) ?? -1;
      if (!this.#waiting.has(waiting) || once?.has(backend) || twice?.has(backend)) continue;
      const isThere = once !== undefined || twice !== undefined;
      cutOff(
        waiting.client,
        `${server.name} ${isThere ? 'knows nothing of what we wait for' : 'does not answer or is no primary any more'}`,
      );
    }
  }
}

/** Backend pid of this connection. */
function backendOf(client: pg.Client): number | undefined {
  return 'processID' in client && typeof client.processID === 'number' ? client.processID : undefined;
}
