/**
 * Ends waiting that has no end. A host that vanishes without a word leaves its clients waiting for minutes, while a statement
 * may rightly take long. So whoever has waited a while makes us ask the server, over a connection of its own, whether it is
 * still there and still the primary; if not, the waiting connection is cut. A COMMIT waits without any limit of the
 * server's while no synchronous standby is there: it is given up after `commitWithinMs`.
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
    // Twice: it may have been this process that was too busy to hear the answer.
    const alive = (await this.#finder.isPrimary(server)) || (await this.#finder.isPrimary(server));
    this.#asking.delete(server);
    if (alive) return;
    for (const { client, server: other, sinceMs } of this.#waiting)
      if (other === server && sinceMs < askedMs)
        cutOff(client, `${server.name} does not answer or is no primary any more`);
  }
}
