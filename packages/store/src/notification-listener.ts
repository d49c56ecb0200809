/**
 * One connection of its own for LISTEN (a pooler or a transaction would swallow notifications), opened with the first
 * listener, remade with back-off for as long as somebody listens.
 */
import { backoffMs, type Logger } from '@zhiyun/kernel';
import pg from 'pg';
import { clientSettings } from './connections.ts';

interface Listener {
  channel: string;
  onNotify: (payload: string) => void;
  onReconnect: () => void;
}

export class NotificationListener {
  readonly #url: string;
  readonly #log: Logger;
  readonly #listeners = new Set<Listener>();
  #client: pg.Client | undefined;
  #connecting: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;

  constructor(url: string, log: Logger) {
    this.#url = url;
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
    const client = new pg.Client(clientSettings(this.#url));
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client, new Error('the connection was closed')));
    client.on('notification', ({ channel, payload }) => {
      for (const listener of [...this.#listeners]) if (listener.channel === channel) listener.onNotify(payload ?? '');
    });
    try {
      await client.connect();
      this.#client = client;
      this.#failures = 0;
      for (const listener of [...this.#listeners]) await this.#subscribe(client, listener);
    } catch (error) {
      this.#client = client;
      this.#lost(client, error);
    }
  }

  async #subscribe(client: pg.Client, listener: Listener): Promise<void> {
    await client.query(`listen ${client.escapeIdentifier(listener.channel)}`);
    listener.onReconnect();
  }

  #lost(client: pg.Client, error: unknown): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    void client.end().catch(() => {});
    if (this.#closed || this.#listeners.size === 0) return;
    const waitMs = backoffMs({ firstMs: 100, maxMs: 5_000 }, this.#failures++);
    this.#log.warn({ error: String(error), waitMs }, 'the connection for database notifications was lost');
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#connect(), waitMs);
  }

  async #disconnect(): Promise<void> {
    clearTimeout(this.#retry);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }
}
