/**
 * Periodic background tasks: no input, run on a signal and on a period, report what they found. A lease elects one
 * Control Server per task (failover when it stops or dies).
 */

import type { Fault } from '@zhiyun/contracts';
import { type Clock, faultOf, type Logger } from '@zhiyun/kernel';
import { acquireLease, failureLevel, type Lease, releaseLease, renewLease, type Store } from '@zhiyun/store';

export interface BackgroundTask {
  readonly name: string;
  readonly periodMs: number;
  /** Converges a little each time; safe to be cut off anywhere. What it answers is shown and logged. */
  run(context: { signal: AbortSignal; log: Logger }): Promise<Record<string, number>>;
}

export interface BackgroundTaskStatus {
  name: string;
  /** Whether this Control Server is the one that runs it. */
  mine: boolean;
  lastRunAt: number | null;
  lastResult: Record<string, number> | null;
  lastError: Fault | null;
}

export interface BackgroundOptions {
  store: Store;
  clock: Clock;
  log: Logger;
  /** Id of this Control Server. */
  holder: string;
}

/** With a third of it as polling interval a dead holder is replaced within 8 s. */
const leaseMs = 6_000;

export class BackgroundTasks {
  readonly #drivers: readonly Driver[];

  constructor(tasks: readonly BackgroundTask[], options: BackgroundOptions) {
    this.#drivers = tasks.map((task) => new Driver(task, options));
  }
  start(): void {
    for (const driver of this.#drivers) driver.start();
  }
  /** Runs the task now, if it is ours; once more if it is running. */
  signal(name: string): void {
    this.#drivers.find((driver) => driver.status.name === name)?.signal();
  }
  status(): BackgroundTaskStatus[] {
    return this.#drivers.map((driver) => ({ ...driver.status }));
  }
  async stop(): Promise<void> {
    await Promise.all(this.#drivers.map((driver) => driver.stop()));
  }
}

class Driver {
  readonly status: BackgroundTaskStatus;
  readonly #task: BackgroundTask;
  readonly #options: BackgroundOptions;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #wake = Promise.withResolvers<void>();
  #lease: Lease | undefined;
  #ended: Promise<void> | undefined;

  constructor(task: BackgroundTask, options: BackgroundOptions) {
    this.#task = task;
    this.#options = options;
    this.#log = options.log.child({ task: task.name });
    this.status = { name: task.name, mine: false, lastRunAt: null, lastResult: null, lastError: null };
  }

  start(): void {
    this.#ended ??= this.#loop();
  }
  signal(): void {
    this.#wake.resolve();
  }
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
    if (this.#lease) await releaseLease(this.#options.store, this.#lease).catch(() => {});
  }

  async #loop(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    let nextRunMs = 0;
    while (!signal.aborted) {
      await this.#keepLease();
      const due = clock.monotonicMs() >= nextRunMs;
      if (this.#lease && due) {
        await this.#runOnce(this.#lease);
        nextRunMs = clock.monotonicMs() + this.#task.periodMs;
      }
      if (await this.#pause(Math.min(this.#task.periodMs, leaseMs / 3))) {
        this.#wake = Promise.withResolvers();
        nextRunMs = 0;
      }
    }
  }

  async #runOnce(lease: Lease): Promise<void> {
    const lost = new AbortController();
    using _renewing = this.#options.clock.every(leaseMs / 3, () => {
      renewLease(this.#options.store, lease, leaseMs).then(
        (kept) => kept || lost.abort(),
        () => lost.abort(),
      );
    });
    const signal = AbortSignal.any([this.#stopping.signal, lost.signal]);
    this.status.lastRunAt = this.#options.clock.now();
    try {
      this.status.lastResult = await this.#task.run({ signal, log: this.#log });
      this.status.lastError = null;
      if (Object.values(this.status.lastResult).some((count) => count > 0))
        this.#log.info(this.status.lastResult, 'done');
    } catch (error) {
      if (signal.aborted) return;
      this.status.lastError = faultOf(error);
      this.#log[failureLevel(error)]({ err: error }, 'a background task failed; it will be tried again');
    }
  }

  async #keepLease(): Promise<void> {
    const { store, holder } = this.#options;
    const name = `background:${this.#task.name}`;
    try {
      if (this.#lease && !(await renewLease(store, this.#lease, leaseMs))) this.#lease = undefined;
      this.#lease ??= await acquireLease(store, name, holder, leaseMs);
    } catch (error) {
      this.#lease = undefined;
      this.#log.debug({ err: error }, 'no lease');
    }
    this.status.mine = this.#lease !== undefined;
  }

  /** True when somebody has signalled. */
  async #pause(ms: number): Promise<boolean> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#stopping.signal]);
    const silence = this.#options.clock.sleep(ms, signal).then(
      () => false,
      () => false,
    );
    const woken = this.#wake.promise.then(() => true);
    try {
      return await Promise.race([silence, woken]);
    } finally {
      over.abort();
    }
  }
}
