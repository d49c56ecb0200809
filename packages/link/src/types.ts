/**
 * The words of this package. A *member* is one component that has joined a domain; its *peers* are the associated
 * components it is connected to. Members come in two bodies with one behaviour (shared contract test): `joinDomain`
 * (HTTP/2, mutual TLS) and `createMemoryDomain` (in process, for tests).
 */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Duplex, Readable } from 'node:stream';
import type { ComponentId, DomainId } from '@zhiyun/contracts';
import type {
  ComponentType,
  LinkAddress,
  LinkCall,
  LinkEndpoint,
  LinkPipe,
  LinkStream,
  LinkTable,
} from '@zhiyun/contracts/links';
import type { z } from 'zod';

export interface CallOptions {
  signal?: AbortSignal;
  /** Calls: until the answer, default 10 s. Streams and pipes: until they open. Then `timeout` is thrown. */
  timeoutMs?: number;
}

/** Is given the items of a stream in their order. A promise holds the next one, and in the end its sender, back. */
export type TakeItem<Item = unknown> = (item: Item) => void | Promise<void>;

/** What a caller sees of a table: one typed function per method. A stream resolves after its last item. */
export type LinkClient<T extends LinkTable> = {
  [K in keyof T['methods']]: T['methods'][K] extends LinkCall<infer P, infer R>
    ? (params: z.input<P>, options?: CallOptions) => Promise<z.output<R>>
    : T['methods'][K] extends LinkStream<infer P, infer I>
      ? (params: z.input<P>, take: TakeItem<z.output<I>>, options?: CallOptions) => Promise<void>
      : T['methods'][K] extends LinkPipe<infer P>
        ? (params: z.input<P>, options?: CallOptions) => Promise<Duplex>
        : never;
};

export interface LinkContext {
  /** Proven by the caller's certificate. */
  caller: { id: ComponentId; type: ComponentType };
  /** The version of the link protocol that is spoken with it. */
  protocol: number;
  /** Aborted when the caller goes away or this member stops. Long streams and pipes must heed it. */
  signal: AbortSignal;
  /**
   * Milliseconds since the caller was last heard of; at a Data Server its heartbeat comes every second. `now`: monotonic, read
   * once by who asks of thousands. Needs no `this`.
   */
  silentMs: (now: number) => number;
}

/** What a server gives: one function per method. A thrown PlatformError reaches the caller as the same error. */
export type LinkHandlers<T extends LinkTable> = {
  [K in keyof T['methods']]: T['methods'][K] extends LinkCall<infer P, infer R>
    ? (params: z.output<P>, context: LinkContext) => Promise<z.input<R>>
    : T['methods'][K] extends LinkStream<infer P, infer I>
      ? (params: z.output<P>, context: LinkContext) => AsyncIterable<z.input<I>>
      : T['methods'][K] extends LinkPipe<infer P>
        ? (params: z.output<P>, bytes: Duplex, context: LinkContext) => Promise<void>
        : never;
};

/**
 * `online`: heard within 3 s, be its link broken at the moment or not. `suspect`: silent for 3 s. `gone`: silent for 5 s, or
 * it said goodbye. `connecting`: not heard yet. Links of nodes rest: theirs counts from when there is a doubt (see `PeerSight`).
 */
export type PeerState = 'connecting' | 'online' | 'suspect' | 'gone';

export interface PlainRequest {
  method: string;
  /** With query. */
  path: string;
  headers: OutgoingHttpHeaders;
  body?: Readable | Buffer;
  signal?: AbortSignal;
  /** Many bytes: to a peer in this very process they go as they are. */
  isBulk?: boolean;
}
export interface PlainResponse {
  status: number;
  headers: IncomingHttpHeaders;
  /** A short one is there as a whole. */
  body: Readable | Buffer;
}

export interface Peer {
  readonly id: ComponentId;
  readonly type: ComponentType;
  readonly name: string;
  /** Where it is connected now, or is looked for first. */
  readonly address: LinkAddress;
  /** Where it says that it can be reached. */
  readonly endpoint: LinkEndpoint;
  readonly state: PeerState;
  /** Since when it is in this state, epoch ms. */
  readonly since: number;
  /** The link stands: a call can be made now. One that is `online` may be without for up to 3 s. */
  readonly isConnected: boolean;
  /** The version of the link protocol that is spoken with it; the oldest while it is not connected. */
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

export interface Member extends AsyncDisposable {
  readonly id: ComponentId;
  readonly type: ComponentType;
  readonly name: string;
  readonly domain: { readonly id: DomainId; readonly name: string };
  /** PEM of the domain's CA. */
  readonly caCertificate: string;
  /** Resolves when the domain has removed this component; it does not try to come back then. */
  readonly removed: Promise<void>;
  /** Before `start`: what others may call here. */
  serve<T extends LinkTable>(table: T, handlers: LinkHandlers<T>): void;
  /** Before `start`: plain HTTP under `prefix` (kept in `request.url`) for the given callers. */
  mount(prefix: string, callers: readonly ComponentType[], handler: PlainHandler): void;
  /**
   * Listens, registers at a Data Server and connects to every associate, for as long as it lives. Without a Data Server it goes
   * on trying; rejects when one refuses: `identity-in-use`, `component-removed`, `protocol-mismatch`, `join-refused`.
   */
  start(): Promise<void>;
  /** All known of a type, whatever their state. */
  peers(type: ComponentType): readonly Peer[];
  /** Those of a type that are online and connected now. */
  onlinePeers(type: ComponentType): readonly Peer[];
  peer(id: ComponentId): Peer | undefined;
  /** Every change of a peer's state, and each time its link is back after a break that has not changed it. */
  onPeer(listener: (change: PeerChange) => void): Disposable;
}

export type PlainHandler = (request: Http2ServerRequest, response: Http2ServerResponse, context: LinkContext) => void;
