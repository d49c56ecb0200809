/**
 * Keeps a connection to a machine's monitor for the life of its process: connects as soon as QEMU listens, reconnects,
 * and reports when the process is gone.
 */
import { say } from '@zhiyun/contracts';
import { PlatformError, systemClock } from '@zhiyun/kernel';
import { isAlive } from '../../process/process-identity.ts';
import type { MachineHandle } from '../hypervisor.ts';
import type { QmpAnswer, QmpCommand, QmpParameters, QuestionCommand } from './qmp/commands.ts';
import { QmpClosedError, QmpCommandError, QmpTimeoutError } from './qmp/errors.ts';
import { QmpMonitor } from './qmp/monitor.ts';
import type { QmpEvent } from './qmp/wire.ts';
import { retryWaitMs } from './retry-wait.ts';

const connectTimeoutMs = 10_000;

export interface MonitorLinkOptions {
  path: string;
  handle: MachineHandle;
  onEvent(event: QmpEvent): void;
  /** Called after every connect: events in between were missed, so query the state. */
  onConnect(): void;
}

export class MonitorLink {
  /** Resolves when the process is gone; never after `close`. */
  readonly gone: Promise<void>;
  readonly #options: MonitorLinkOptions;
  readonly #stopping = new AbortController();
  #connection = Promise.withResolvers<QmpMonitor>();
  #monitor: QmpMonitor | undefined;

  constructor(options: MonitorLinkOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.gone = promise;
    void this.#stayConnected(resolve);
  }

  get connected(): boolean {
    return this.#monitor !== undefined;
  }

  /** Waits for a connection if there is none. Throws `timeout` or `node-fault`. */
  async execute<Command extends QmpCommand>(
    command: Command,
    ...parameters: QmpParameters<Command>
  ): Promise<QmpAnswer<Command>> {
    return this.#use(command, (monitor) => monitor.execute(command, ...parameters));
  }

  /** Waits for the answer for as long as the connection lasts. */
  ask<Command extends QuestionCommand>(command: Command): Promise<QmpAnswer<Command>> {
    return this.#use(command, (monitor) => monitor.ask(command));
  }

  async #use<T>(command: string, task: (monitor: QmpMonitor) => Promise<T>): Promise<T> {
    try {
      return await task(this.#monitor ?? (await this.#nextConnection(command)));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof QmpClosedError && !(await isAlive(this.#options.handle)))
        throw new PlatformError('wrong-state', say('machine.ended'), { cause: error });
      if (error instanceof QmpTimeoutError) throw new PlatformError('timeout', message, { cause: error });
      const refused = error instanceof QmpCommandError ? 'QEMU refused' : 'The machine could not be asked';
      throw new PlatformError('node-fault', `${refused}: ${message}`, { cause: error });
    }
  }

  close(): void {
    this.#stopping.abort();
    this.#monitor?.close();
  }

  async #nextConnection(command: string): Promise<QmpMonitor> {
    const waiting = new AbortController();
    const signal = AbortSignal.any([waiting.signal, this.#stopping.signal]);
    const late = systemClock.sleep(connectTimeoutMs, signal).then(
      () => Promise.reject(new QmpTimeoutError(command, connectTimeoutMs)),
      () => Promise.reject(new QmpClosedError(command)),
    );
    try {
      return await Promise.race([this.#connection.promise, late]);
    } finally {
      waiting.abort();
    }
  }

  async #stayConnected(gone: () => void): Promise<void> {
    const { path, handle, onEvent, onConnect } = this.#options;
    const { signal } = this.#stopping;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const monitor = await QmpMonitor.open(path, onEvent).catch(() => undefined);
      if (monitor !== undefined) {
        attempt = 0;
        if (!signal.aborted) await this.#serve(monitor, onConnect);
        monitor.close();
      }
      if (signal.aborted) return;
      if (!(await isAlive(handle))) return gone();
      await systemClock.sleep(retryWaitMs(attempt), signal).catch(() => {});
    }
  }

  async #serve(monitor: QmpMonitor, onConnect: () => void): Promise<void> {
    this.#monitor = monitor;
    this.#connection.resolve(monitor);
    onConnect();
    await monitor.closed;
    this.#monitor = undefined;
    this.#connection = Promise.withResolvers();
  }
}
