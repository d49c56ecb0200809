/**
 * One live connection to one peer. Three implementations: `Http2Session` (mutual TLS), `ThreadSession` (the same in a
 * link thread) and `MemorySession`. Every failure of the connection surfaces as a PlatformError `unavailable` that
 * names the peer.
 */
import type { Duplex } from 'node:stream';
import { type ComponentId, say } from '@zhiyun/contracts';
import type { ComponentRecord, ComponentType, LinkAddress } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { CallOptions, PlainRequest, PlainResponse, TakeItem } from '../types.ts';

export interface ComponentIdentity {
  id: ComponentId;
  type: ComponentType;
}

export type SessionEnd = 'goodbye' | 'lost';

/** A connection that proves that a peer is alive: our session to it, or its session to us. */
export interface Presence {
  /** Sends a heartbeat (HTTP/2 PING); its acknowledgement resets `silentMs`. */
  heartbeat(): void;
  /** Time since it was last heard. `now`: monotonic, read once by a caller that checks thousands. */
  silentMs(now: number): number;
  /** Never rejects. */
  readonly ended: Promise<SessionEnd>;
  /** `goodbye`: the other side learns that the stop was intended. */
  close(end?: SessionEnd): void;
}

export interface Session extends Presence {
  /** Remote address, and our local one; unknown to a session without a network. */
  readonly address?: LinkAddress;
  readonly localHost?: string;
  /** Negotiated version of the link protocol. */
  readonly protocol: number;
  /** `method`: `<serving type>/<method name>`. Results and items are raw JSON: the typed client parses them. */
  call(method: string, params: unknown, options?: CallOptions): Promise<unknown>;
  /** Resolves after the last item was consumed. Rejects also with what `take` throws, which ends the stream. */
  stream(method: string, params: unknown, take: TakeItem, options?: CallOptions): Promise<void>;
  pipe(method: string, params: unknown, options?: CallOptions): Promise<Duplex>;
  request(request: PlainRequest): Promise<PlainResponse>;
}

/**
 * Opens a session to a peer and verifies its identity. `last`: the address that worked before. `awaitsTurn`: reports
 * that the dial is queued behind others, and that it has started.
 */
export type Dial = (
  record: ComponentRecord,
  last: LinkAddress | undefined,
  signal: AbortSignal,
  awaitsTurn: (isSo: boolean) => void,
) => Promise<Session>;

export function linkLost(peer: string, cause?: unknown): PlatformError {
  return new PlatformError('unavailable', say('link.lost', { peer }), { cause });
}

export function describePeer(peer: { type: ComponentType; name?: string; id?: ComponentId }): string {
  return [peer.type, peer.name && `"${peer.name}"`, peer.id && `(${peer.id})`].filter(Boolean).join(' ');
}
