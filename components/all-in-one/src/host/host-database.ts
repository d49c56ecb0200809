/**
 * The database of this host, opened once and shared by the roles that write to it. Where it is: the configuration says so; or it
 * is private to the host that made the domain; or a Data Server is asked, whose answer is kept for times when none answers.
 */
import { say } from '@zhiyun/contracts';
import { type Logger, PlatformError, readKept, versioned, writeKept } from '@zhiyun/kernel';
import { ownAddresses, presentAddresses } from '@zhiyun/link';
import { type KeptPostgres, keepPrivatePostgres, migrate, openStore, type Store } from '@zhiyun/store';
import { z } from 'zod';
import type { HomePaths } from '../home-paths.ts';
import { version } from '../version.ts';

export interface HostDatabaseOptions {
  paths: HomePaths;
  /** Of the configuration. */
  url: string | undefined;
  /** May keep a private one. */
  founded: boolean;
  /** Asks a Data Server of the domain, as this role. */
  askUrl: (asker: DatabaseRole) => Promise<string>;
  log: Logger;
}

/** Those that are told. */
export type DatabaseRole = 'data-server' | 'control-server';

export interface OpenDatabase {
  store: Store;
  /** To be told to others; undefined: private to this machine. */
  url: string | undefined;
}

/** What a Data Server has told. */
export const databaseAddressShape = versioned({
  what: say('version.database-address'),
  schema: z.object({ url: z.string() }),
});

export class HostDatabase implements AsyncDisposable {
  readonly #options: HostDatabaseOptions;
  #url: string | undefined;
  #postgres: KeptPostgres | undefined;
  #opening: Promise<OpenDatabase> | undefined;
  /** Of the open store: it hears when this machine's addresses change. */
  #watching: Disposable | undefined;

  constructor(options: HostDatabaseOptions) {
    this.#options = options;
    this.#url = options.url;
  }

  /** Throws `database-unavailable`, or why its address is not to be had. A failed opening may be repeated. */
  open(asker: DatabaseRole): Promise<OpenDatabase> {
    this.#opening ??= this.#open(asker).catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  /** Closes the connections; a private server goes on. The next `open` makes them anew. */
  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    this.#watching?.[Symbol.dispose]();
    this.#watching = undefined;
    await (await opening?.catch(() => undefined))?.store.close();
  }

  /** From the next `open` on; undefined: where it was before any configuration. */
  configure(url: string | undefined): void {
    this.#url = url;
  }

  /** The URL of the private server, started if it is not; for whoever moves away from it. */
  async privateUrl(): Promise<string> {
    this.#postgres ??= await keepPrivatePostgres({ directory: this.#options.paths.postgres, log: this.#options.log });
    return this.#postgres.url;
  }

  async stopPrivate(): Promise<void> {
    await this.#postgres?.stop();
    this.#postgres = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await this.stopPrivate();
  }

  async #open(asker: DatabaseRole): Promise<OpenDatabase> {
    const { log, founded } = this.#options;
    const configured = this.#url;
    const isPrivate = configured === undefined && founded;
    const url = configured ?? (founded ? await this.privateUrl() : await this.#toldUrl(asker));
    const store = await openStore({ url, log });
    try {
      await migrate(store, { release: version, log });
    } catch (error) {
      await store.close();
      throw error;
    }
    this.#watching = ownAddresses.on(() => store.addressesChanged(presentAddresses()));
    return { store, url: isPrivate ? undefined : url };
  }

  async #toldUrl(asker: DatabaseRole): Promise<string> {
    const { askUrl, paths, log } = this.#options;
    try {
      const url = await askUrl(asker);
      await writeKept(paths.databaseAddress, databaseAddressShape, { url });
      return url;
    } catch (error) {
      const kept = await readKept(
        paths.databaseAddress,
        databaseAddressShape,
        'remove it, and the Data Servers are asked again',
      );
      if (kept === undefined || !isSilence(error)) throw error;
      log.warn({ error }, 'no Data Server tells where the database is; using what was told last time');
      return kept.url;
    }
  }
}

function isSilence(error: unknown): boolean {
  return error instanceof PlatformError && (error.code === 'unavailable' || error.code === 'timeout');
}
