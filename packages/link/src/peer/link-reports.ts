/**
 * Reports the state of our links to the Data Server: a full report once, then changes, coalesced for `reportDelayMs`.
 */
import type { ComponentId } from '@zhiyun/contracts';
import { dataServerLink, type SeenLink } from '@zhiyun/contracts/links';
import { type Clock, isoTime, type Logger } from '@zhiyun/kernel';
import { maxReportedLinks, reportDelayMs } from '../limits.ts';
import type { Peer } from '../types.ts';
import type { LinkMember } from './link-member.ts';
import type { LinkPeer } from './peer.ts';

/** Retry delay after a failed report. */
const againMs = 2_000;

/** Runs until aborted, for as long as one registration lasts. One report is in flight at most. */
export async function keepReporting(options: {
  member: LinkMember;
  dataServer: Peer;
  signal: AbortSignal;
  clock: Clock;
  log: Logger;
}): Promise<void> {
  const { member, dataServer, signal, clock, log } = options;
  let whole = true;
  let news = Promise.withResolvers<void>();
  const changed = new Set<ComponentId>();
  const note = (id: ComponentId) => {
    changed.add(id);
    news.resolve();
  };
  using _changes = member.onPeer(({ peer }) => note(peer.id));
  using _forgotten = member.onForgotten(note);
  signal.addEventListener('abort', () => news.resolve(), { once: true });

  while (!signal.aborted) {
    if (!whole) await news.promise;
    await clock.sleep(reportDelayMs, signal).catch(() => {});
    if (signal.aborted) return;
    news = Promise.withResolvers();
    const ids = [...changed];
    changed.clear();
    const peers = whole ? [...member.allPeers] : ids.flatMap((id) => member.peer(id) ?? []);
    const forgotten = whole ? [] : ids.filter((id) => !member.peer(id));
    try {
      for (const report of reportsOf(whole, peers.map(seenLink), forgotten)) {
        await dataServer.as(dataServerLink).reportLinks(report, { signal });
      }
      whole = false;
    } catch (error) {
      if (signal.aborted) return;
      log.debug({ error }, 'the Data Server did not take our report of links; it gets a whole one');
      whole = true;
      await clock.sleep(againMs, signal).catch(() => {});
    }
  }
}

/** Splits a report into calls of bounded size; only the first may be a full one. */
function* reportsOf(whole: boolean, links: SeenLink[], forgotten: ComponentId[]) {
  yield { whole, links: links.slice(0, maxReportedLinks), forgotten };
  for (let from = maxReportedLinks; from < links.length; from += maxReportedLinks) {
    yield { whole: false, links: links.slice(from, from + maxReportedLinks), forgotten: [] };
  }
}

function seenLink({ id, state, since }: LinkPeer): SeenLink {
  return { peer: id, state, since: isoTime(since) };
}
