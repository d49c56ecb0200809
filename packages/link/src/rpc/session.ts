/**
 * One live connection to one peer, as the rest of the package sees it. Three bodies: `Http2Session` (mutual TLS),
 * `ThreadSession` (the same in a link thread) and `MemorySession`. Every failure of the connection itself surfaces as a PlatformError `unavailable` that names the peer.
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

/** A connection that shows that a peer lives: our session to it, or its session to us. */
export interface Presence {
  /** Asks for a sign of life; the answer resets `silentMs`. */
  heartbeat(): void;
  /** Since it was last heard. `now`: monotonic, read once by who asks of thousands. */
  silentMs(now: number): number;
  /** Never rejects. */
  readonly ended: Promise<SessionEnd>;
  /** `goodbye` is what the other side hears of it. */
  close(end?: SessionEnd): void;
}

export interface Session extends Presence {
  /** Where the peer was reached, and from which address of ours; unknown to a session without a network. */
  readonly address?: LinkAddress;
  readonly localHost?: string;
  /** The version of the link protocol that is spoken. */
  readonly protocol: number;
  /** `method` is `<serving type>/<method name>`. Results and items are JSON as it came: the typed client parses it. */
  call(method: string, params: unknown, options?: CallOptions): Promise<unknown>;
  /** Resolves after the last item was taken. Rejects also with what `take` throws, which ends the stream. */
  stream(method: string, params: unknown, take: TakeItem, options?: CallOptions): Promise<void>;
  pipe(method: string, params: unknown, options?: CallOptions): Promise<Duplex>;
  request(request: PlainRequest): Promise<PlainResponse>;
}

/**
 * Opens a session to a peer and proves that it is the one expected. `last`: where it was reached before. `awaitsTurn`: hears that the
 * dial waits until others have been reached, and that it has begun.
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
