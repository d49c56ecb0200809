/** Opens a TLS connection and verifies the peer's identity before a byte of ours is sent. */
import net from 'node:net';
import tls, { type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import type { DomainId } from '@zhiyun/contracts';
import type { LinkAddress } from '@zhiyun/contracts/links';
import { type Clock, PlatformError } from '@zhiyun/kernel';
import { clockWrong } from '../certificates/clock-wrong.ts';
import { parseComponentUri } from '../certificates/component-uri.ts';
import { type ComponentIdentity, describePeer } from '../rpc/session.ts';
import { inTime } from './in-time.ts';
import { linkTls } from './tls-options.ts';

/** PEM. Without key and certificate the caller is a stranger, who may only join. */
export interface Credentials {
  caCertificate: string;
  certificate?: string;
  privateKey?: string;
}

/** `id` and `domainId` are unknown to a caller that only has an address. */
export interface Expected {
  type: ComponentIdentity['type'];
  id?: ComponentIdentity['id'];
  domainId?: DomainId;
}

export function placeOf({ host, port }: LinkAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** ALPN list in wire format: Node would encode it anew for each connection. */
const alpn = Buffer.from('\x02h2');
const contexts = new Map<string, tls.SecureContext>();
/** Bound of the context cache: a member has one, and another after each renewal. */
const maxContexts = 8;

/** Cached TLS context: parsing certificates and key costs as much as half a handshake. */
function contextOf({ caCertificate: ca, certificate: cert, privateKey: key }: Credentials): tls.SecureContext {
  const name = cert ?? ca;
  const known = contexts.get(name);
  if (known) return known;
  const context = tls.createSecureContext({ ca, cert, key, ...linkTls });
  if (contexts.size >= maxContexts) contexts.clear();
  contexts.set(name, context);
  return context;
}

/** `label` names the peer in errors. Throws `unavailable` on refusal or timeout. */
export async function connectTcp(
  address: LinkAddress,
  label: string,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<net.Socket> {
  const socket = net.connect({ ...address, noDelay: true });
  await readied(socket, 'connect', { place: placeOf(address), label, timeoutMs, signal });
  return socket;
}

/** Throws `unavailable`, `join-refused` when another identity answers, or `clock-wrong`. */
export async function connectTls(
  tcp: net.Socket,
  options: {
    address: LinkAddress;
    credentials: Credentials;
    expect: Expected;
    label: string;
    timeoutMs: number;
    clock: Clock;
    signal: AbortSignal;
  },
): Promise<TLSSocket> {
  const { credentials, expect, label, timeoutMs, clock, signal } = options;
  const place = placeOf(options.address);
  // While it waited. What is over says nothing more, and a handshake with it would only end by the time it may take.
  if (tcp.destroyed) throw new PlatformError('unavailable', `${label} at ${place} closed the connection.`);
  const socket = tls.connect({
    socket: tcp,
    secureContext: contextOf(credentials),
    ALPNProtocols: alpn,
    // Judged below, where the certificate can still be read to say what is wrong with it.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  // Node would make an object of the whole chain for the check above, which reads none of it.
  socket.getPeerCertificate = () => ({}) as DetailedPeerCertificate;
  try {
    await readied(socket, 'secureConnect', { place, label, timeoutMs, signal });
    const certificate = socket.getPeerX509Certificate();
    if (!socket.authorized) {
      const cause = socket.authorizationError;
      throw (
        clockWrong(cause, { whose: `${label} at ${place}`, certificate, now: clock.now() }) ??
        new PlatformError(
          'unavailable',
          `${label} cannot be reached at ${place}: its certificate is not valid (${cause}).`,
        )
      );
    }
    const name = parseComponentUri(certificate?.subjectAltName);
    const fits =
      name?.type === expect.type &&
      (expect.id === undefined || name.id === expect.id) &&
      (expect.domainId === undefined || name.domainId === expect.domainId);
    if (!fits) {
      const found = name ? describePeer(name) : 'something without a component certificate';
      throw new PlatformError('join-refused', `At ${place} answers ${found}, not ${describePeer(expect)}.`);
    }
    if (socket.alpnProtocol !== 'h2')
      throw new PlatformError('unavailable', `${label} at ${place} does not speak HTTP/2.`);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Waits for the socket. Destroys it on timeout or when `signal` is aborted first. */
export async function readied(
  socket: net.Socket,
  event: 'connect' | 'secureConnect',
  { place, label, timeoutMs, signal }: { place: string; label: string; timeoutMs: number; signal: AbortSignal },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const failure = (why: string, cause?: unknown) => new PlatformError('unavailable', why, { cause });
  socket.on('error', (cause) => reject(failure(`${label} cannot be reached at ${place}: ${cause.message}.`, cause)));
  socket.once('close', () => reject(failure(`${label} at ${place} closed the connection.`)));
  socket.once(event, resolve);
  try {
    await inTime(promise, { timeoutMs, signal, late: () => failure(`${label} does not answer at ${place}.`) });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
