/**
 * Multicast DNS query for domains in the attached networks. Answers are hints only: each Data Server must still prove
 * itself by its certificate.
 */
import type { DomainId } from '@zhiyun/contracts';
import type { LinkAddress } from '@zhiyun/contracts/links';
import { type Clock, silentLogger } from '@zhiyun/kernel';
import { MulticastSockets } from './multicast-sockets.ts';
import { readSuggestions, type Suggestion, serviceName } from './service-records.ts';

export type FoundDomain = Suggestion;

export interface DiscoverDomainsOptions {
  clock: Clock;
  signal?: AbortSignal;
  /** Gives up after this long without an answer. */
  timeoutMs: number;
  /** Looks for this domain: its answer ends the search. */
  domainId?: DomainId;
  /** Its name, or its id as people type it. */
  domainName?: string;
}

/** First gap between queries; gaps double (exponential back-off). */
const firstGapMs = 250;
/** After the wanted domain answered, waits this long for its other Data Servers. */
const wantedMoreMs = 100;
/** Without a wanted domain, collects answers for this long. */
const collectMs = 1_000;
/** Bounds memory against a network full of made-up domains. */
const maxDomains = 64;
const maxAddresses = 64;

/** All domains that answered, in order of their first answer; empty when none did. Throws the signal's reason. */
export async function discoverDomains(options: DiscoverDomainsOptions): Promise<FoundDomain[]> {
  const { clock, signal, timeoutMs, domainId, domainName } = options;
  const found = new Map<DomainId, FoundDomain>();
  const wished = domainId !== undefined || domainName !== undefined;
  const wanted = Promise.withResolvers<void>();
  let any = false;
  await using sockets = new MulticastSockets({
    clock,
    log: silentLogger,
    onReady: (socket) => socket.ask(serviceName),
    onRecords: (_socket, records) => {
      for (const suggestion of readSuggestions(records)) {
        if (!remember(found, suggestion)) continue;
        any = true;
        const { id, name } = suggestion;
        if (id === domainId || id === domainName || name === domainName) wanted.resolve();
      }
    },
  });

  const startedAt = clock.monotonicMs();
  const passed = () => clock.monotonicMs() - startedAt;
  const over = () => passed() >= timeoutMs || (!wished && any && passed() >= collectMs);
  const ending = new AbortController();
  const stop = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal;
  const asking = async () => {
    for (let gap = firstGapMs; !over(); gap *= 2) {
      const untilEnd = (!wished && passed() < collectMs ? collectMs : timeoutMs) - passed();
      await clock.sleep(Math.max(1, Math.min(gap, untilEnd)), stop);
      if (!over()) for (const socket of sockets.all) socket.ask(serviceName);
    }
  };
  const seen = wanted.promise.then(() => clock.sleep(wantedMoreMs, stop));
  try {
    await Promise.race([asking(), seen]);
  } finally {
    ending.abort();
  }
  return [...found.values()];
}

/** False when the list is full. */
function remember(found: Map<DomainId, FoundDomain>, { id, name, dataServers }: Suggestion): boolean {
  const known = found.get(id);
  if (!known) {
    if (found.size >= maxDomains) return false;
    found.set(id, { id, name, dataServers });
    return true;
  }
  const isNew = (one: LinkAddress) =>
    !known.dataServers.some(({ host, port }) => host === one.host && port === one.port);
  known.dataServers.push(...dataServers.filter(isNew).slice(0, maxAddresses - known.dataServers.length));
  return true;
}
