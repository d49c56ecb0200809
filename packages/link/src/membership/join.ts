/**
 * Obtains a first certificate from a Data Server, or a new one after expiry. The token's secret is sent only to a
 * server whose chain ends in the CA pinned by the token.
 */
import tls from 'node:tls';
import { joinAnswerSchema, type LinkAddress, linkProtocol } from '@zhiyun/contracts/links';
import { type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import { certificateSha256, createCertificateRequest } from '../certificates/certificates.ts';
import { connectTcp, placeOf, readied } from '../http2/connect-tls.ts';
import { dialHttp2 } from '../http2/dial-http2.ts';
import type { Http2Session } from '../http2/http2-session.ts';
import { linkTls } from '../http2/tls-options.ts';
import { joinPath, parseJson } from '../http2/wire.ts';
import { connectTimeoutMs, handshakeTimeoutMs } from '../limits.ts';
import type { DataServers } from './data-servers.ts';
import type { Identity, Membership } from './identity.ts';
import type { JoinToken } from './token.ts';

export interface JoinOptions {
  identity: Identity;
  dataServers: DataServers;
  /** The expired membership: its key is the proof of identity then. */
  past: Membership | undefined;
  token: JoinToken | undefined;
  clock: Clock;
  log: Logger;
}

/**
 * Tries the known Data Servers, then the discovered ones. Throws a refusal (`join-refused`, `component-removed`,
 * `clock-wrong`, `protocol-mismatch`), or `unavailable` when none answers.
 */
export async function requestMembership(options: JoinOptions): Promise<Membership> {
  const { dataServers, token, past, log } = options;
  if (!token && !past) {
    throw new PlatformError(
      'join-refused',
      'A join token is needed to join a domain for the first time; the domain’s administrator makes one.',
    );
  }
  const mute = new Set<string>();
  for (;;) {
    const dial = async (address: LinkAddress, signal: AbortSignal) => {
      if (mute.has(placeOf(address)))
        throw new PlatformError('unavailable', `The Data Server at ${placeOf(address)} does not answer.`);
      return await dialUnknown(address, options, signal);
    };
    const session = await dataServers.reach(dial);
    try {
      return await ask(session, options);
    } catch (error) {
      // A no stays a no; silence is worth another try elsewhere.
      if (error instanceof PlatformError && error.code !== 'unavailable' && error.code !== 'timeout') throw error;
      log.warn({ error, address: session.address }, 'a Data Server does not answer; trying the others');
      mute.add(placeOf(session.address));
    } finally {
      session.close();
    }
  }
}

/** Dials a Data Server of the domain as a stranger, who is not known there. */
async function dialUnknown(
  address: LinkAddress,
  { past, token, clock }: JoinOptions,
  signal: AbortSignal,
): Promise<Http2Session> {
  const caCertificate = token ? await fetchAuthority(address, token.caSha256, signal) : past?.caCertificate;
  if (!caCertificate) throw new Error('Neither a token nor a past membership');
  return await dialHttp2({ address, credentials: { caCertificate }, expect: { type: 'data-server' }, clock, signal });
}

async function ask(session: Http2Session, { identity, token, clock }: JoinOptions): Promise<Membership> {
  const request = {
    // With the range in a header, as with every first word; the first release looks here, and takes no other field.
    protocolVersion: linkProtocol.oldest,
    secret: token?.secret ?? '',
    id: identity.id,
    type: identity.type,
    now: clock.now(),
    certificateRequest: await createCertificateRequest(identity.privateKey),
  };
  return joinAnswerSchema.parse(parseJson(await session.post(joinPath, JSON.stringify(request))));
}

/** Fetches the CA certificate shown at `address`, if it matches the pinned hash. Sends nothing of ours. */
async function fetchAuthority(address: LinkAddress, caSha256: string, signal: AbortSignal): Promise<string> {
  const place = placeOf(address);
  const label = 'the Data Server';
  const tcp = await connectTcp(address, label, { timeoutMs: connectTimeoutMs, signal });
  const socket = tls.connect({ ...linkTls, socket: tcp, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
  try {
    await readied(socket, 'secureConnect', { place, label, timeoutMs: handshakeTimeoutMs, signal });
    for (let certificate = socket.getPeerX509Certificate(); certificate; certificate = certificate.issuerCertificate) {
      if (certificateSha256(certificate.raw) === caSha256) return certificate.toString();
      if (certificate.issuerCertificate === certificate) break;
    }
  } finally {
    // Not cut short: to the other side that would look like somebody who does not speak TLS.
    socket.end();
  }
  throw new PlatformError(
    'join-refused',
    `The Data Server at ${place} does not belong to the domain of the join token (its certificate authority is another). ` +
      'Either the token is of another domain or something false listens there; the token was not shown to it.',
  );
}
