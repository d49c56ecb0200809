/**
 * A dedicated connection for LISTEN (a pooler or a transaction would swallow notifications), opened with the first
 * listener and reconnected with back-off while there is one. Polls every few seconds that the server is still the
 * primary, because a demoted or vanished one stays silent for ever.
 */
import { backoffMs, type Logger, systemClock } from '@zhiyun/kernel';
import type pg from 'pg';
import { cutOff } from './client-settings.ts';
import type { PrimaryFinder } from './primary-finder.ts';

const askEveryMs = 3_000;

interface Listener {
  channel: string;
  onNotify: (payload: string) => void;
  onReconnect: () => void;
}

export class NotificationListener {
  readonly #finder: PrimaryFinder;
  readonly #log: Logger;
  readonly #listeners = new Set<Listener>();
  #client: pg.Client | undefined;
  #asking: Disposable | undefined;
  #connecting: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;

  constructor(finder: PrimaryFinder, log: Logger) {
    this.#finder = finder;
    this.#log = log;
  }

  async listen(
    channel: string,
    onNotify: (payload: string) => void,
    onReconnect: () => void,
  ): Promise<AsyncDisposable> {
    const listener: Listener = { channel, onNotify, onReconnect };
    this.#listeners.add(listener);
    if (this.#client) await this.#subscribe(this.#client, listener);
    else await this.#connect();
    return {
      [Symbol.asyncDispose]: async () => {
        this.#listeners.delete(listener);
        if (this.#listeners.size === 0) await this.#disconnect();
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    await this.#connecting;
    await this.#disconnect();
  }

  #connect(): Promise<void> {
    this.#connecting ??= this.#open().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #open(): Promise<void> {
    try {
      const client = await this.#finder.connect();
      this.#client = client;
      client.on('error', (error) => this.#lost(client, error));
      client.on('end', () => this.#lost(client, new Error('the connection was closed')));
      client.on('notification', ({ channel, payload }) => {
        for (const listener of [...this.#listeners]) if (listener.channel === channel) listener.onNotify(payload ?? '');
      });
      this.#asking = systemClock.every(askEveryMs, () => {
        this.#finder.admit(client).catch((error) => this.#lost(client, error));
      });
      for (const listener of [...this.#listeners]) await this.#subscribe(client, listener);
      this.#failures = 0;
    } catch (error) {
      this.#lost(this.#client, error);
    }
  }

  async #subscribe(client: pg.Client, listener: Listener): Promise<void> {
    await client.query(`listen ${client.escapeIdentifier(listener.channel)}`);
    listener.onReconnect();
  }

  #lost(client: pg.Client | undefined, error: unknown): void {
    if (this.#client !== client) return;
    this.#drop();
    if (client) cutOff(client);
    if (this.#closed || this.#listeners.size === 0) return;
    const waitMs = backoffMs({ firstMs: 100, maxMs: 5_000 }, this.#failures++);
    this.#log.debug({ error: String(error), waitMs }, 'the connection for database notifications was lost');
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#connect(), waitMs);
  }

  async #disconnect(): Promise<void> {
    clearTimeout(this.#retry);
    const client = this.#client;
    this.#drop();
    await client?.end().catch(() => {});
  }

  #drop(): void {
    this.#asking?.[Symbol.dispose]();
    this.#asking = undefined;
    this.#client = undefined;
  }
}
