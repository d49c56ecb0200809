/**
 * Getting a first (or, after a long absence, a new) certificate from a Data Server. The token's secret is shown only to one
 * whose chain ends in the CA that the token names by hash.
 */
import tls from 'node:tls';
import { joinAnswerSchema, type LinkAddress, linkProtocolVersion } from '@zhiyun/contracts/links';
import { type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import { certificateSha256, createCertificateRequest } from './certificates.ts';
import { dialHttp2 } from './http2/http2-session.ts';
import { joinPath, parseJson } from './http2/wire.ts';
import type { Identity, Membership } from './identity.ts';
import { dialTimeoutMs } from './limits.ts';
import type { JoinToken } from './token.ts';

export interface JoinOptions {
  identity: Identity;
  dataServers: readonly LinkAddress[];
  /** What was known of the domain before, when the certificate has expired: then the key is the proof. */
  past: Membership | undefined;
  token: JoinToken | undefined;
  clock: Clock;
  log: Logger;
}

/** Asks each Data Server in turn. Throws `join-refused` when one says no, `unavailable` when none answers. */
export async function requestMembership(options: JoinOptions): Promise<Membership> {
  const { dataServers, token, past, log } = options;
  if (!token && !past) {
    throw new PlatformError(
      'join-refused',
      'A join token is needed to join a domain for the first time; the domain’s administrator makes one.',
    );
  }
  let failure: unknown = new PlatformError(
    'unavailable',
    'No Data Server address is known; give one, or a join token that holds some.',
  );
  for (const address of dataServers) {
    try {
      return await joinAt(address, options);
    } catch (error) {
      // A no stays a no; silence (or a stranger at that address) is worth another try elsewhere.
      if (error instanceof PlatformError && error.code !== 'unavailable' && error.code !== 'timeout') throw error;
      failure = error;
      log.warn({ error, address }, 'a Data Server does not answer; trying the next');
    }
  }
  throw failure;
}

async function joinAt(address: LinkAddress, { identity, past, token, clock }: JoinOptions): Promise<Membership> {
  const caCertificate = token ? await fetchAuthority(address, token.caSha256) : past?.caCertificate;
  if (!caCertificate) throw new Error('Neither a token nor a past membership');
  const session = await dialHttp2({ address, credentials: { caCertificate }, expect: { type: 'data-server' }, clock });
  try {
    const request = {
      protocolVersion: linkProtocolVersion,
      secret: token?.secret ?? '',
      id: identity.id,
      type: identity.type,
      now: clock.now(),
      certificateRequest: await createCertificateRequest(identity.privateKey),
    };
    return joinAnswerSchema.parse(parseJson(await session.post(joinPath, request)));
  } finally {
    session.close();
  }
}

/** The CA certificate that whoever listens at `address` shows, if it is the one with this hash. Nothing of ours is sent. */
async function fetchAuthority(address: LinkAddress, caSha256: string): Promise<string> {
  const place = `${address.host}:${address.port}`;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = tls.connect(
    { ...address, rejectUnauthorized: false, ALPNProtocols: ['h2'], timeout: dialTimeoutMs },
    resolve,
  );
  socket.once('error', (cause) =>
    reject(new PlatformError('unavailable', `No Data Server can be reached at ${place}: ${cause.message}.`, { cause })),
  );
  socket.once('timeout', () => reject(new PlatformError('unavailable', `No Data Server answers at ${place}.`)));
  try {
    await promise;
    for (let certificate = socket.getPeerX509Certificate(); certificate; certificate = certificate.issuerCertificate) {
      if (certificateSha256(certificate.raw) === caSha256) return certificate.toString();
      if (certificate.issuerCertificate === certificate) break;
    }
  } finally {
    socket.destroy();
  }
  throw new PlatformError(
    'join-refused',
    `The Data Server at ${place} does not belong to the domain of the join token (its certificate authority is another). ` +
      'Either the token is of another domain or something false listens there; the token was not shown to it.',
  );
}
