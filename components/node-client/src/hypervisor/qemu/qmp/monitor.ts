/**
 * One connection to a QEMU monitor: greeting, capabilities, commands correlated to answers by id, events. Every command
 * ends by its answer, its deadline or the close; events keep their order.
 */
import type { Socket } from 'node:net';
import { Emitter } from '@zhiyun/kernel';
import { connectUnix } from '../connect-unix.ts';
import { type QmpAnswer, type QmpCommand, type QmpParameters, type QuestionCommand, qmpAnswers } from './commands.ts';
import { QmpClosedError, QmpCommandError, QmpTimeoutError } from './errors.ts';
import { LineSplitter, parseMessage, type QmpEvent, type QmpMessage, renderCommand } from './wire.ts';

const commandTimeoutMs = 10_000;

interface Waiter {
  command: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class QmpMonitor {
  readonly events = new Emitter<QmpEvent>();
  /** Resolves once the connection is closed, by either side. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #waiters = new Map<number, Waiter>();
  readonly #greeted = Promise.withResolvers<void>();
  #lastId = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#greeted.promise.catch(() => {});
    const lines = new LineSplitter();
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      try {
        for (const line of lines.push(text)) this.#receive(parseMessage(line));
      } catch {
        // Not QMP any more: nothing on this connection can be trusted.
        socket.destroy();
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#greeted.reject(new QmpClosedError('greeting'));
      for (const waiter of this.#waiters.values()) waiter.reject(new QmpClosedError(waiter.command));
      this.#waiters.clear();
      resolve();
    });
  }

  /**
   * Connects and negotiates capabilities. `onEvent` receives events from the first. Throws the system's error when
   * nothing listens, QmpTimeoutError without a greeting within `timeoutMs`.
   */
  static async open(
    path: string,
    onEvent: (event: QmpEvent) => void,
    timeoutMs = commandTimeoutMs,
  ): Promise<QmpMonitor> {
    const monitor = new QmpMonitor(await connectUnix(path));
    monitor.events.on(onEvent);
    try {
      await withTimeout(monitor.#greeted.promise, timeoutMs, 'greeting');
      await monitor.execute('qmp_capabilities');
      return monitor;
    } catch (error) {
      monitor.close();
      throw error;
    }
  }

  /** Throws QmpCommandError, QmpTimeoutError or QmpClosedError. */
  execute<Command extends QmpCommand>(
    command: Command,
    ...[parameters]: QmpParameters<Command>
  ): Promise<QmpAnswer<Command>> {
    return withTimeout(this.#ask(command, parameters), commandTimeoutMs, command);
  }

  /** Waits without a deadline until the connection closes, so that queries do not pile up in a stuck monitor. */
  ask<Command extends QmpCommand & QuestionCommand>(command: Command): Promise<QmpAnswer<Command>> {
    return this.#ask(command, undefined);
  }

  async #ask<Command extends QmpCommand>(
    command: Command,
    parameters: object | undefined,
  ): Promise<QmpAnswer<Command>> {
    if (this.#socket.destroyed) throw new QmpClosedError(command);
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiters.set(id, { command, resolve, reject });
    this.#socket.write(renderCommand(id, command, parameters));
    try {
      const value = await promise;
      return qmpAnswers[command].parse(value) as QmpAnswer<Command>;
    } finally {
      this.#waiters.delete(id);
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(message: QmpMessage): void {
    if (message.kind === 'greeting') this.#greeted.resolve();
    if (message.kind === 'event') this.events.emit(message.event);
    if (message.kind === 'reply') this.#waiters.get(message.id)?.resolve(message.value);
    if (message.kind === 'failure' && message.id !== undefined) {
      const waiter = this.#waiters.get(message.id);
      waiter?.reject(new QmpCommandError(waiter.command, message.errorClass, message.description));
    }
  }
}

async function withTimeout<T>(promise: Promise<T>, timeoutMs: number, doing: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new QmpTimeoutError(doing, timeoutMs)), timeoutMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
