/**
 * Public types of this package. A *member* is a component that has joined a domain; its *peers* are the associated
 * components it is connected to. Two implementations pass one contract test: `joinDomain` (HTTP/2, mutual TLS) and
 * `createMemoryDomain` (in process, for tests).
 */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Duplex, Readable } from 'node:stream';
import type { ComponentId, DomainId } from '@zhiyun/contracts';
import type {
  ComponentRecord,
  ComponentType,
  LinkAddress,
  LinkCall,
  LinkEndpoint,
  LinkPipe,
  LinkStream,
  LinkTable,
  LinkWork,
} from '@zhiyun/contracts/links';
import type { z } from 'zod';

export interface CallOptions {
  /** Cancels the call; streams and pipes also after they have opened. */
  signal?: AbortSignal;
  /** Calls: until the answer, default 10 s. Streams and pipes: until they open. Then `timeout` is thrown. */
  timeoutMs?: number;
}

export interface WorkOptions extends CallOptions {
  /** Coalesced: the newest value, 0 to 1. */
  onProgress?: ((fraction: number) => void) | undefined;
}

/**
 * Consumer of a stream's items, in order. Returning a promise applies back-pressure: the next item, and in the end the
 * sender, waits for it.
 */
export type TakeItem<Item = unknown> = (item: Item) => void | Promise<void>;

/** Typed client of a table: one function per method. A stream resolves after its last item. */
export type LinkClient<T extends LinkTable> = {
  [K in keyof T['methods']]: T['methods'][K] extends LinkCall<infer P, infer R>
    ? (params: z.input<P>, options?: CallOptions) => Promise<z.output<R>>
    : T['methods'][K] extends LinkStream<infer P, infer I>
      ? (params: z.input<P>, take: TakeItem<z.output<I>>, options?: CallOptions) => Promise<void>
      : T['methods'][K] extends LinkPipe<infer P>
        ? (params: z.input<P>, options?: CallOptions) => Promise<Duplex>
        : T['methods'][K] extends LinkWork<infer P, infer R>
          ? (params: z.input<P>, options?: WorkOptions) => Promise<z.output<R>>
          : never;
};

export interface LinkContext {
  /** Proven by the caller's certificate. */
  caller: { id: ComponentId; type: ComponentType };
  /** Negotiated version of the link protocol. */
  protocol: number;
  /** Aborted when the caller goes away or this member stops. Long streams and pipes must heed it. */
  signal: AbortSignal;
  /**
   * Milliseconds since the caller was last heard. At a Data Server its heartbeat comes every second. `now`: monotonic,
   * read once by a caller that asks for thousands. Needs no `this`.
   */
  silentMs: (now: number) => number;
}

export interface WorkContext extends LinkContext {
  /** 0 to 1, as often as the task likes: progress is coalesced for a slower caller. */
  progress(fraction: number): void;
}

/** Handlers of a table: one function per method. A thrown PlatformError reaches the caller as the same error. */
export type LinkHandlers<T extends LinkTable> = {
  [K in keyof T['methods']]: T['methods'][K] extends LinkCall<infer P, infer R>
    ? (params: z.output<P>, context: LinkContext) => Promise<z.input<R>>
    : T['methods'][K] extends LinkStream<infer P, infer I>
      ? (params: z.output<P>, context: LinkContext) => AsyncIterable<z.input<I>>
      : T['methods'][K] extends LinkPipe<infer P>
        ? (params: z.output<P>, bytes: Duplex, context: LinkContext) => Promise<void>
        : T['methods'][K] extends LinkWork<infer P, infer R>
          ? (params: z.output<P>, context: WorkContext) => Promise<z.input<R>>
          : never;
};

/**
 * `online`: heard within 3 s, even if its connection is broken at the moment. `suspect`: silent for 3 s. `gone`: silent
 * for 5 s, or it said goodbye. `connecting`: never heard. For resting links (nodes) silence counts from the first
 * doubt, see `PeerSight`.
 */
export type PeerState = 'connecting' | 'online' | 'suspect' | 'gone';

export interface PlainRequest {
  method: string;
  /** With query. */
  path: string;
  headers: OutgoingHttpHeaders;
  body?: Readable | Buffer;
  signal?: AbortSignal;
  /** Bulk bytes: a peer in this very process gets them without TLS and HTTP/2. */
  isBulk?: boolean;
}
export interface PlainResponse {
  status: number;
  headers: IncomingHttpHeaders;
  /** A short body is buffered. */
  body: Readable | Buffer;
}

export interface Peer {
  readonly id: ComponentId;
  readonly type: ComponentType;
  readonly name: string;
  /** Address of the present connection; without one, the first that would be tried. */
  readonly address: LinkAddress;
  /** Endpoint that the peer has registered. */
  readonly endpoint: LinkEndpoint;
  readonly state: PeerState;
  /** When it entered this state, epoch ms. */
  readonly since: number;
  /** A connection is open: a call can be made now. An `online` peer may be without one for up to 3 s. */
  readonly isConnected: boolean;
  /** Negotiated version of the link protocol; the oldest one while not connected. */
  readonly protocol: number;
  /** Its methods. Throws `unavailable` at the call when the peer is not connected. */
  as<T extends LinkTable>(table: T): LinkClient<T>;
  /** Plain HTTP to whatever the peer has mounted (REST, uploads). */
  request(request: PlainRequest): Promise<PlainResponse>;
}

export interface PeerChange {
  peer: Peer;
  state: PeerState;
}

export type Meeting = Pick<ComponentRecord, 'id' | 'name' | 'endpoint'>;

/** See `Member.meet`. Disposed of, the connection is closed. */
export interface Met extends AsyncDisposable {
  as<T extends LinkTable>(table: T): LinkClient<T>;
}

export interface Member extends AsyncDisposable {
  readonly id: ComponentId;
  readonly type: ComponentType;
  readonly name: string;
  readonly domain: { readonly id: DomainId; readonly name: string };
  /** PEM of the domain's CA. */
  readonly caCertificate: string;
  /** Resolves when this component was removed from the domain. It does not reconnect then. */
  readonly removed: Promise<void>;
  /** Call before `start`: offers these methods to other components. */
  serve<T extends LinkTable>(table: T, handlers: LinkHandlers<T>): void;
  /** Call before `start`: mounts a plain HTTP handler under `prefix` (kept in `request.url`) for the given callers. */
  mount(prefix: string, callers: readonly ComponentType[], handler: PlainHandler): void;
  /**
   * Listens, registers at a Data Server and keeps a connection to every associate until disposed. Retries while no Data
   * Server answers; rejects when one refuses: `identity-in-use`, `component-removed`, `protocol-mismatch`,
   * `join-refused`.
   */
  start(): Promise<void>;
  /** All known peers of a type, in any state. */
  peers(type: ComponentType): readonly Peer[];
  /** Peers of a type that are online and connected now. */
  onlinePeers(type: ComponentType): readonly Peer[];
  peer(id: ComponentId): Peer | undefined;
  /** Notifies of every change of a peer's state, and of each reconnect that did not change it. */
  onPeer(listener: (change: PeerChange) => void): Disposable;
  /**
   * Connects to a component of its own type for one exchange, at an endpoint that came with a ticket; the certificate must prove the id.
   * Throws `unavailable` when it cannot be reached, `forbidden` when the types may not meet or it was removed from the domain.
   */
  meet(other: Meeting, signal: AbortSignal): Promise<Met>;
}

export type PlainHandler = (request: Http2ServerRequest, response: Http2ServerResponse, context: LinkContext) => void;
