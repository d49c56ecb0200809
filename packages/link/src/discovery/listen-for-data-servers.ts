/**
 * Listens for multicast announcements of one domain's Data Servers: new ones and changed addresses. Hints only, as all
 * discovery is.
 */
import type { DomainId } from '@zhiyun/contracts';
import type { LinkAddress } from '@zhiyun/contracts/links';
import { type Clock, silentLogger } from '@zhiyun/kernel';
import { MulticastSockets } from './multicast-sockets.ts';
import { readSuggestions } from './service-records.ts';

export interface ListenForDataServersOptions {
  domainId: DomainId;
  onHeard: (addresses: readonly LinkAddress[]) => void;
  clock: Clock;
}

/** Sends no query. Never throws: without multicast it merely hears nothing. */
export function listenForDataServers({ domainId, onHeard, clock }: ListenForDataServersOptions): AsyncDisposable {
  return new MulticastSockets({
    clock,
    log: silentLogger,
    onReady: () => {},
    onRecords: (_socket, records) => {
      for (const { id, dataServers } of readSuggestions(records)) if (id === domainId) onHeard(dataServers);
    },
  });
}
