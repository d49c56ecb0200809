/**
 * One multicast socket per interface, following interfaces and addresses as they change. The kernel delivers a packet
 * to every one of these sockets; the sender's address tells which of them it belongs to.
 */
import type { Clock, Logger } from '@zhiyun/kernel';
import multicastDns from 'multicast-dns';
import { isOnLink, type MulticastInterface, multicastInterfaces } from './multicast-interfaces.ts';
import type { Query, Reply } from './respond.ts';
import type { MulticastRecord } from './service-records.ts';

const lookMs = 1_000;

export interface MulticastSocket {
  readonly on: MulticastInterface;
  ask(name: string): void;
  /** Multicasts to the group. */
  announce(records: MulticastRecord[]): void;
  /** Multicasts, or unicasts to the asker alone. */
  reply(reply: Reply, asker: Asker): void;
}

export interface Asker {
  address: string;
  port: number;
}

export interface MulticastOptions {
  clock: Clock;
  log: Logger;
  /** A socket is ready on a new or readdressed interface. */
  onReady: (socket: MulticastSocket) => void;
  onQuery?: (socket: MulticastSocket, query: Query, asker: Asker) => void;
  onRecords?: (socket: MulticastSocket, records: MulticastRecord[]) => void;
}

interface Open extends MulticastSocket {
  close(): Promise<void>;
}

export class MulticastSockets implements AsyncDisposable {
  readonly #options: MulticastOptions;
  readonly #open = new Map<string, Open>();
  readonly #looking: Disposable;

  constructor(options: MulticastOptions) {
    this.#options = options;
    this.#follow();
    this.#looking = options.clock.every(lookMs, () => this.#follow());
  }

  get all(): readonly MulticastSocket[] {
    return [...this.#open.values()];
  }

  /** Resolves after earlier packets have left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#looking[Symbol.dispose]();
    await Promise.all([...this.#open.values()].map((socket) => socket.close()));
  }

  #follow(): void {
    const present = new Map(multicastInterfaces().map((on) => [on.key, on]));
    for (const [key, socket] of this.#open) {
      if (present.has(key)) continue;
      this.#open.delete(key);
      void socket.close();
    }
    for (const [key, on] of present) if (!this.#open.has(key)) this.#open.set(key, this.#openOn(on));
  }

  #openOn(on: MulticastInterface): Open {
    const { log, onReady, onQuery, onRecords } = this.#options;
    const socket = multicastDns({ interface: on.address, bind: '0.0.0.0' });
    const sent = new Set<Promise<void>>();
    const sending = (send: (done: () => void) => void) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      sent.add(promise);
      send(() => {
        sent.delete(promise);
        resolve();
      });
    };
    const opened: Open = {
      on,
      ask: (name) => sending((done) => socket.query([{ name, type: 'PTR' }], done)),
      announce: (answers) => sending((done) => socket.respond({ answers }, done)),
      reply: ({ legacy, ...packet }, { address, port }) =>
        sending((done) =>
          legacy ? socket.respond({ ...legacy, ...packet }, { address, port }, done) : socket.respond(packet, done),
        ),
      close: async () => {
        await Promise.all(sent);
        const { promise, resolve } = Promise.withResolvers<void>();
        socket.destroy(resolve);
        await promise;
      },
    };
    socket.once('ready', () => onReady(opened));
    socket.on('query', ({ id = 0, questions = [], answers = [] }, { address, port }) => {
      if (isOnLink(on, address)) onQuery?.(opened, { id, questions, known: answers, port }, { address, port });
    });
    socket.on('response', ({ answers = [], additionals = [] }, { address }) => {
      if (isOnLink(on, address)) onRecords?.(opened, [...answers, ...additionals]);
    });
    socket.on('error', (error) => {
      log.warn({ error, interface: on.name }, 'multicast cannot be used here: others will not find this domain by it');
    });
    socket.on('warning', (error) => log.debug({ error, interface: on.name }, 'odd multicast packet, or none sent'));
    return opened;
  }
}
