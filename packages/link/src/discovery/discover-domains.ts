/**
 * Asking the networks we are in which domains there are. Whoever answers is only a suggestion: it must still prove by its
 * certificate to be what it says.
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
  /** How long to ask when nobody answers. */
  timeoutMs: number;
  /** Sought: the answer of this domain ends the search. */
  domainId?: DomainId;
  /** Its name, or its id as people type it. */
  domainName?: string;
}

/** Gaps between questions double from this one on. */
const firstGapMs = 250;
/** Other Data Servers of the wanted domain may answer a moment later. */
const wantedMoreMs = 100;
/** Without a wish, everybody who is there gets this long to answer. */
const collectMs = 1_000;
/** A network full of made-up domains must not fill our memory. */
const maxDomains = 64;
const maxAddresses = 64;

/** All that answered, in the order of their first answers; empty when nobody did. Throws the signal's reason. */
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

/** False when there is no more room. */
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
