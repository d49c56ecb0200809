/**
 * Lease that shows a runner is alive. A *term* is one uninterrupted holding, with its epoch as fencing token. By our
 * own monotonic clock the term ends before the database lets the lease expire.
 */
import { type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import { acquireLease, failureLevel, type Lease, releaseLease, renewLease, type Store } from '@zhiyun/store';

export interface Term {
  readonly epoch: number;
  /** Aborted at the end of the term. */
  readonly signal: AbortSignal;
}

export interface RunnerLeaseOptions {
  store: Store;
  clock: Clock;
  log: Logger;
  runner: string;
  ttlMs: number;
  renewMs: number;
}

/** A held lease of this name means that the runner is alive. */
export function leaseName(runner: string): string {
  return `runner/${runner}`;
}

export class RunnerLease {
  readonly #options: RunnerLeaseOptions;
  readonly #onTerm: (term: Term) => void;
  readonly #stop = new AbortController();
  #term: { lease: Lease; end: AbortController; untilMs: number } | undefined;
  #keeping: Promise<void> | undefined;

  /** `onTerm` runs at the start of each term. */
  constructor(options: RunnerLeaseOptions, onTerm: (term: Term) => void) {
    this.#options = options;
    this.#onTerm = onTerm;
  }

  get term(): Term | undefined {
    return this.#term && { epoch: this.#term.lease.epoch, signal: this.#term.end.signal };
  }

  /** Resolves with the first term, then keeps renewing. Throws `database-unavailable`. */
  async start(): Promise<void> {
    await this.#acquire();
    this.#keeping = this.#keep();
  }

  /** Ends the term and releases the lease, so that takeover need not wait. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#keeping;
    const lease = this.#term?.lease;
    this.#end('This control server is stopping.');
    if (lease) await releaseLease(this.#options.store, lease).catch(() => {});
  }

  async #keep(): Promise<void> {
    const { clock, renewMs, log } = this.#options;
    while (!this.#stop.signal.aborted) {
      try {
        await clock.sleep(renewMs, this.#stop.signal);
        if (this.#term) await this.#renew(this.#term);
        else await this.#acquire();
      } catch (error) {
        if (!this.#stop.signal.aborted)
          log[failureLevel(error)]({ err: error }, 'the lease of this runner could not be kept');
      }
    }
  }

  async #acquire(): Promise<void> {
    const { store, runner, ttlMs, clock } = this.#options;
    const askedMs = clock.monotonicMs();
    const lease = await acquireLease(store, leaseName(runner), runner, ttlMs);
    if (!lease) throw new PlatformError('unavailable', `The lease of runner ${runner} is held by somebody else.`);
    const term = { lease, end: new AbortController(), untilMs: askedMs + ttlMs };
    this.#term = term;
    void this.#watch(term);
    // An answer that took longer than the lease lasts has brought nothing.
    if (this.#term === term) this.#onTerm({ epoch: lease.epoch, signal: term.end.signal });
  }

  async #renew(term: { lease: Lease; untilMs: number }): Promise<void> {
    const { store, ttlMs, clock } = this.#options;
    const askedMs = clock.monotonicMs();
    if (await renewLease(store, term.lease, ttlMs)) term.untilMs = askedMs + ttlMs;
    else if (term === this.#term) this.#end('The lease of this control server has run out.');
  }

  /** Watchdog: ends the term in time even if the renewal hangs. */
  async #watch(term: { end: AbortController; untilMs: number }): Promise<void> {
    const { clock } = this.#options;
    for (let leftMs = term.untilMs - clock.monotonicMs(); leftMs > 0; leftMs = term.untilMs - clock.monotonicMs()) {
      try {
        await clock.sleep(leftMs, term.end.signal);
      } catch {
        return;
      }
    }
    if (term === this.#term) this.#end('The lease of this control server has run out.');
  }

  #end(reason: string): void {
    const term = this.#term;
    this.#term = undefined;
    term?.end.abort(new PlatformError('unavailable', reason));
  }
}
