/** The Data Servers of the world: the first makes the domain, and all of them share its database. */
import { join } from 'node:path';
import type { ComponentType, LinkAddress } from '@zhiyun/contracts/links';
import { createDataServer, type DataServer } from '@zhiyun/data-server';
import { type Clock, Disposables, type Logger } from '@zhiyun/kernel';
import { openStore } from '@zhiyun/store';
import { version } from './server.ts';

export class DataServers implements AsyncDisposable {
  readonly #options: { directory: string; databaseUrl: string; clock: Clock; log: Logger };
  readonly #running = new Map<string, { server: DataServer; ends: Disposables }>();
  /** Where they were last; the same list for all that look there. */
  readonly addresses: LinkAddress[] = [];

  constructor(options: { directory: string; databaseUrl: string; clock: Clock; log: Logger }) {
    this.#options = options;
  }

  async start(name: string): Promise<void> {
    const { directory, databaseUrl, clock, log } = this.#options;
    const ends = new Disposables();
    const store = await openStore({ url: databaseUrl, log });
    ends.add(() => store.close());
    const server = await createDataServer({
      ...{ store, name, version, clock, log, databaseUrl: undefined },
      home: join(directory, name),
      listen: { host: '127.0.0.1', port: 0 },
    });
    ends.add(() => server.stop());
    this.#running.set(name, { server, ends });
    await server.start();
    this.addresses.push(server.address);
  }

  async stop(name: string): Promise<void> {
    const running = this.#running.get(name);
    this.#running.delete(name);
    await running?.ends[Symbol.asyncDispose]();
  }

  async createJoinToken(roles: readonly ComponentType[], uses: number): Promise<string> {
    const [running] = this.#running.values();
    if (!running) throw new Error('No Data Server is running');
    return running.server.createJoinToken({ roles, expiresInSeconds: 3_600, uses });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.keys()].map((name) => this.stop(name)));
  }
}
