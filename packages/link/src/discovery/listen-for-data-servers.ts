/** Hearing the Data Servers of one domain say that they come, or that they are somewhere else now. Suggestions, as all discovery is. */
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

/** Asks nothing. Never throws: a network without multicast is silent. */
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
