/** Opens a session: TCP and TLS, verify the peer's identity, wait for its welcome. */
import http2 from 'node:http2';
import { commonProtocol, type LinkAddress, linkProtocol } from '@zhiyun/contracts/links';
import { type Clock, Slots } from '@zhiyun/kernel';
import { dialFirst } from '../dial/dial-endpoint.ts';
import { connectTimeoutMs, handshakesAtOnce, handshakeTimeoutMs, windowBytes } from '../limits.ts';
import { describePeer } from '../rpc/session.ts';
import { type Credentials, connectTcp, connectTls, type Expected, placeOf } from './connect-tls.ts';
import { Http2Session } from './http2-session.ts';
import { welcomeOf } from './welcome.ts';

export interface DialOptions {
  address: LinkAddress;
  credentials: Credentials;
  expect: Expected;
  name?: string;
  clock: Clock;
  signal?: AbortSignal;
  /** Called when TCP is connected. Identity comes later, and may take its time when thousands connect at once. */
  onReached?: () => void;
}

/** A dial of a component with several addresses. */
export interface Dialling {
  /** In dialling order. */
  addresses: readonly LinkAddress[];
  credentials: Credentials;
  expect: Expected;
  name: string;
}

/** Handshake slots of this thread. Taken only once TCP is connected, so that dead machines hold none. */
const handshakes = new Slots(handshakesAtOnce);

/**
 * Throws `unavailable` when nothing answers, `join-refused` when another identity does, `clock-wrong` when its
 * certificate is not valid now, or what the peer answers to our hello.
 */
export async function dialHttp2(options: DialOptions): Promise<Http2Session> {
  const { address, credentials, expect, clock, signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  const label = describePeer({ ...expect, ...(options.name && { name: options.name }) });
  const tcp = await connectTcp(address, label, { timeoutMs: connectTimeoutMs, signal });
  options.onReached?.();
  using _handshake = await handshakes.take(signal);
  const tls = await connectTls(tcp, {
    address,
    credentials,
    expect,
    label,
    timeoutMs: handshakeTimeoutMs,
    clock,
    signal,
  });
  const connection = http2.connect(`https://${placeOf(address)}`, {
    createConnection: () => tls,
    settings: { initialWindowSize: 1024 * 1024, enablePush: false },
  });
  connection.on('error', () => {});
  connection.setLocalWindowSize(windowBytes);
  const session = new Http2Session(connection, { socket: tls, label, address, clock });
  const limit = { signal, timeoutMs: handshakeTimeoutMs };
  try {
    // Of one that is known nothing has to be asked.
    const theirs = expect.id === undefined ? undefined : await welcomeOf(connection, { label, ...limit });
    const common = theirs && commonProtocol(linkProtocol, theirs);
    if (common !== undefined) session.speak(common);
    else if (credentials.certificate) await session.hello(limit);
    signal.throwIfAborted();
    return session;
  } catch (error) {
    session.close();
    throw error;
  }
}

/** Throws as `dialHttp2` does, by the first address with a more telling error than silence. */
export async function dialAddresses(
  { addresses, ...sought }: Dialling,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<Http2Session> {
  return await dialFirst(
    addresses,
    (address, ended, onReached) => dialHttp2({ ...sought, address, clock, signal: ended, onReached }),
    { clock, signal },
  );
}
