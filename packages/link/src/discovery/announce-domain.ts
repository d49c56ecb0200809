/** Multicast DNS responder of a Data Server: answers queries, and announces the domain on start and on stop. */
import type { ComponentId, DomainId } from '@zhiyun/contracts';
import type { Clock, Logger } from '@zhiyun/kernel';
import { type MulticastSocket, MulticastSockets } from './multicast-sockets.ts';
import { replyTo } from './respond.ts';
import { allRecords, encodeAnnouncement } from './service-records.ts';
import { TokenBucket } from './token-bucket.ts';

export interface AnnounceDomainOptions {
  domain: { id: DomainId; name: string };
  componentId: ComponentId;
  /** Port of the link listener. */
  port: number;
  clock: Clock;
  log: Logger;
}

/** Announcements are repeated with growing gaps, because a packet may be lost (RFC 6762 §8.3). */
const repeatAfterMs = [1_000, 2_000] as const;

/** Never throws: without multicast, joiners merely need an address. Disposal sends a goodbye (TTL 0). */
export function announceDomain({ domain, componentId, port, clock, log }: AnnounceDomainOptions): AsyncDisposable {
  const buckets = new WeakMap<MulticastSocket, TokenBucket>();
  const ending = new AbortController();
  const announcementOn = ({ on }: MulticastSocket) => ({ domain, componentId, port, hosts: on.hosts });

  async function announce(socket: MulticastSocket): Promise<void> {
    socket.announce(encodeAnnouncement(announcementOn(socket)));
    for (const ms of repeatAfterMs) {
      await clock.sleep(ms, ending.signal);
      // Its interface may be gone by now.
      if (!sockets.all.includes(socket)) return;
      socket.announce(encodeAnnouncement(announcementOn(socket)));
    }
  }

  const sockets = new MulticastSockets({
    clock,
    log: log.child({ part: 'discovery' }),
    onReady: (socket) => {
      buckets.set(socket, new TokenBucket(clock));
      // It ends early when we do.
      announce(socket).catch(() => {});
    },
    onQuery: (socket, query, asker) => {
      const reply = replyTo(query, allRecords(announcementOn(socket)));
      if (reply && buckets.get(socket)?.take()) socket.reply(reply, asker);
    },
  });
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      for (const socket of sockets.all) socket.announce(encodeAnnouncement(announcementOn(socket), 0));
      await sockets[Symbol.asyncDispose]();
    },
  };
}
