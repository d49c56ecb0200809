/** One inbound connection: its identity, by certificate only, and its liveness. */
import { constants, type ServerHttp2Session } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { ComponentId, DomainId } from '@zhiyun/contracts';
import { type Clock, PlatformError } from '@zhiyun/kernel';
import { clockWrong } from '../certificates/clock-wrong.ts';
import { parseComponentUri } from '../certificates/component-uri.ts';
import { type ComponentIdentity, describePeer, type Presence, type SessionEnd } from '../rpc/session.ts';
import { ConnectionEnd } from './connection-end.ts';
import { LastHeard } from './last-heard.ts';
import { goodbye } from './wire.ts';

export interface Admission {
  domainId: DomainId;
  removed: ReadonlySet<ComponentId>;
  clock: Clock;
}

export class Visitor implements Presence {
  /** Its identity, or the refusal that answers its requests. */
  readonly admitted: ComponentIdentity | PlatformError;
  /** Remote address, read early: a broken session's socket cannot be asked any more. */
  readonly from: string | undefined;
  /** One per request in progress. */
  readonly requests = new Set<AbortController>();
  /** Shared by all its requests. */
  readonly silentMs = (now: number): number => this.#lastHeard.silentMs(now);
  readonly #session: ServerHttp2Session;
  readonly #clock: Clock;
  readonly #end: ConnectionEnd;
  readonly #lastHeard: LastHeard;

  constructor(session: ServerHttp2Session, socket: TLSSocket, admission: Admission) {
    const { clock } = admission;
    this.#session = session;
    this.#clock = clock;
    this.#lastHeard = new LastHeard(socket, clock.monotonicMs());
    this.from = socket.remoteAddress;
    this.admitted = admit(socket, admission);
    this.#end = new ConnectionEnd(session, socket);
  }

  get ended(): Promise<SessionEnd> {
    return this.#end.ended;
  }
  get identity(): ComponentIdentity | undefined {
    return this.admitted instanceof PlatformError ? undefined : this.admitted;
  }

  heartbeat(): void {
    if (this.#session.destroyed) return;
    this.#session.ping((error: Error | null) => {
      if (!error) this.#lastHeard.heard(this.#clock.monotonicMs());
    });
  }

  close(): void {
    this.#end.close();
  }

  /** Graceful shutdown: aborts what is in progress, then closes the connection. */
  sayGoodbye(): void {
    for (const request of this.requests) request.abort(new PlatformError('unavailable', 'This component is stopping.'));
    if (this.#session.destroyed) return;
    this.#session.goaway(constants.NGHTTP2_NO_ERROR, 0, goodbye);
    this.#session.close();
  }

  /** Disconnects a peer that sent what no component sends. */
  cutOff(why: Error): void {
    if (!this.#session.destroyed) this.#session.destroy(why, constants.NGHTTP2_ENHANCE_YOUR_CALM);
    this.close();
  }
}

function admit(socket: TLSSocket, { domainId, removed, clock }: Admission): ComponentIdentity | PlatformError {
  const certificate = socket.getPeerX509Certificate();
  const name = parseComponentUri(certificate?.subjectAltName);
  if (!socket.authorized) {
    const error = socket.authorizationError;
    const whose = name ? describePeer(name) : 'the caller';
    return clockWrong(error, { whose, certificate, now: clock.now() }) ?? stranger(String(error));
  }
  if (name?.domainId !== domainId) return stranger('it names no component of this domain');
  const identity = { id: name.id, type: name.type };
  return removed.has(name.id) ? removedFromDomain(identity) : identity;
}

function stranger(why: string): PlatformError {
  return new PlatformError('not-authenticated', `Only components of this domain are answered (${why}).`);
}

function removedFromDomain(component: ComponentIdentity): PlatformError {
  return new PlatformError(
    'component-removed',
    `The ${describePeer(component)} was removed from the domain. To let its machine in again, run \`zhiyun join\` there with a new token: it then is a new component.`,
  );
}
