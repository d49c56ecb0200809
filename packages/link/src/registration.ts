/**
 * Staying known: finds a Data Server, keeps its `register` stream open for life, takes over each list of associates, and goes
 * to the next Data Server when one fails. With all of them gone the existing links simply go on.
 */
import { randomUUID } from 'node:crypto';
import { dataServerLink, type LinkAddress, type LinkEndpoint } from '@zhiyun/contracts/links';
import { backoffMs, type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import type { Http2Session } from './http2/http2-session.ts';
import { redial } from './limits.ts';
import type { LinkMember } from './link-member.ts';
import type { Peer } from './types.ts';

export interface RegistrationOptions {
  member: LinkMember;
  findDataServers: () => Promise<readonly LinkAddress[]>;
  /** Dials an address of which only is known that a Data Server should be there. */
  dialDataServer: (address: LinkAddress, signal: AbortSignal) => Promise<Http2Session>;
  version: string;
  /** Where others reach us now. */
  endpoint: () => LinkEndpoint;
  clock: Clock;
  log: Logger;
}

/** Refusals that trying again does not mend. */
const fatal = new Set(['join-refused', 'protocol-mismatch', 'not-authenticated', 'forbidden']);

export class Registration {
  readonly #options: RegistrationOptions;
  readonly #life = randomUUID();
  #isRegistered = false;

  constructor(options: RegistrationOptions) {
    this.#options = options;
  }

  get isRegistered(): boolean {
    return this.#isRegistered;
  }

  /** Runs until aborted. `onFirst` hears once how the first round went: known now, refused for good, or nobody there. */
  async run(signal: AbortSignal, onFirst: (refusal?: PlatformError) => void): Promise<void> {
    const { clock, log } = this.#options;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const dataServer = await this.#dataServer(signal);
        await this.#registerAt(dataServer, signal, () => {
          attempt = 0;
          onFirst();
        });
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ error }, 'not registered at any Data Server; trying on');
        this.#isRegistered = false;
        onFirst(error instanceof PlatformError && fatal.has(error.code) ? error : undefined);
      }
      await clock.sleep(backoffMs(redial, attempt), signal).catch(() => {});
    }
  }

  async #registerAt(dataServer: Peer, signal: AbortSignal, onRegistered: () => void): Promise<void> {
    const { member, version, endpoint, clock, log } = this.#options;
    const registered = dataServer
      .as(dataServerLink)
      .register({ name: member.name, version, endpoint: endpoint(), life: this.#life, now: clock.now() }, { signal });
    for await (const { whole, associates, removed } of registered) {
      if (whole) {
        const isListed = associates.some((record) => record.id === dataServer.id);
        const { id, type, name, address } = dataServer;
        const self = { id, type, name, endpoint: endpointAt(address), state: 'online' } as const;
        member.setAssociates(isListed ? associates : [...associates, self]);
      } else for (const record of associates) member.addAssociate(record);
      for (const id of removed) member.forget(id);
      this.#isRegistered = true;
      onRegistered();
    }
    log.info({ dataServer: dataServer.id }, 'the Data Server has ended our registration');
  }

  /** One that is online, or else the first that answers at a known address. */
  async #dataServer(signal: AbortSignal): Promise<Peer> {
    const { member, findDataServers, dialDataServer } = this.#options;
    const [online] = member.onlinePeers('data-server');
    if (online) return online;
    let failure: unknown = new PlatformError('unavailable', 'No Data Server address is known.');
    for (const address of await findDataServers()) {
      try {
        const session = await dialDataServer(address, signal);
        return member.addAssociate({ ...session.identity, endpoint: endpointAt(address), state: 'online' }, session);
      } catch (error) {
        signal.throwIfAborted();
        failure = error;
      }
    }
    throw failure;
  }
}

/** Of a Data Server that has not told us its endpoint yet. */
function endpointAt({ host, port }: LinkAddress): LinkEndpoint {
  return { hosts: [host], port, machine: 'unknown' };
}
