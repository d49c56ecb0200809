/**
 * Candidate addresses of Data Servers: configured ones, those learned from the domain (persisted), and, when none
 * answers, those discovered by multicast.
 */
import type { DomainId } from '@zhiyun/contracts';
import type { LinkAddress, LinkEndpoint } from '@zhiyun/contracts/links';
import { type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import { addressesOf, dialFirst } from '../dial/dial-endpoint.ts';
import type { Session } from '../rpc/session.ts';
import type { Identity } from './identity.ts';

/** Discovers Data Servers of a domain. Hints only: each must still prove itself. */
export type Discover = (
  expect: { domainId?: DomainId; domainName?: string },
  signal: AbortSignal,
) => Promise<readonly LinkAddress[]>;

/** Listens for unsolicited announcements of Data Servers. Hints too. */
export type HearDataServers = (
  domainId: DomainId,
  onHeard: (addresses: readonly LinkAddress[]) => void,
) => AsyncDisposable;

export interface DataServersOptions {
  identity: Identity;
  given: readonly LinkAddress[];
  kept: readonly LinkEndpoint[];
  discover: ((signal: AbortSignal) => Promise<readonly LinkAddress[]>) | undefined;
  clock: Clock;
  log: Logger;
}

/** Least gap between two discoveries. */
const discoverAgainMs = 3_000;
/** Bounds unsolicited hints: anybody in the network can send them. */
const maxFound = 16;

export class DataServers {
  readonly #options: DataServersOptions;
  #kept: readonly LinkEndpoint[];
  #found: readonly LinkAddress[] = [];
  #looking: Promise<void> | undefined;

  constructor(options: DataServersOptions) {
    this.#options = options;
    this.#kept = options.kept;
  }

  get addresses(): readonly LinkAddress[] {
    const all = [...this.#options.given, ...this.#kept.flatMap((endpoint) => addressesOf(endpoint)), ...this.#found];
    return [...new Map(all.map((address) => [`${address.host} ${address.port}`, address])).values()];
  }

  /** Adds addresses from an unsolicited announcement. */
  suggest(addresses: readonly LinkAddress[]): void {
    this.#found = [...addresses, ...this.#found].slice(0, maxFound);
  }

  /** Stores what the domain reports; written to disk on change. */
  async keep(endpoints: readonly LinkEndpoint[]): Promise<void> {
    if (endpoints.length === 0 || JSON.stringify(endpoints) === JSON.stringify(this.#kept)) return;
    this.#kept = endpoints;
    await this.#options.identity.keepDataServers(endpoints);
  }

  /** Dials the known addresses. If none answers, starts a discovery for the next attempt. */
  async dial<T extends Session>(
    dial: (address: LinkAddress, signal: AbortSignal, reached: () => void) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const { clock, log } = this.#options;
    const { addresses } = this;
    try {
      if (addresses.length === 0) throw noAddress();
      return await dialFirst(addresses, dial, { clock, signal });
    } catch (error) {
      signal.throwIfAborted();
      this.#looking ??= this.lookAround(signal)
        .catch((cause: unknown) => log.debug({ error: cause }, 'the network was asked for Data Servers in vain'))
        .then(() => clock.sleep(discoverAgainMs, signal))
        .catch(() => {})
        .finally(() => {
          this.#looking = undefined;
        });
      throw error;
    }
  }

  /** Like `dial`, but waits for the discovery and dials again. */
  async reach<T extends Session>(dial: (address: LinkAddress, signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock } = this.#options;
    const { signal } = new AbortController();
    let failure: unknown = noAddress();
    for (const look of [async () => this.addresses, () => this.lookAround(signal)]) {
      try {
        const addresses = await look();
        if (addresses.length > 0) return await dialFirst(addresses, dial, { clock, signal });
      } catch (error) {
        // Who was named and refuses is a better reason than a network that knows no more.
        if (!isRefusal(failure)) failure = error;
      }
    }
    throw failure;
  }

  /** Runs a discovery. Resolves with the addresses that are new. */
  async lookAround(signal: AbortSignal): Promise<readonly LinkAddress[]> {
    const before = new Set(this.addresses.map(({ host, port }) => `${host} ${port}`));
    this.#found = (await this.#options.discover?.(signal)) ?? [];
    return this.#found.filter(({ host, port }) => !before.has(`${host} ${port}`));
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof PlatformError && error.code !== 'unavailable';
}

function noAddress(): PlatformError {
  return new PlatformError(
    'unavailable',
    'No Data Server address is known; give one, or a join token that holds some.',
  );
}
