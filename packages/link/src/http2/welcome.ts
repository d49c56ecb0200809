/**
 * How a listener lets a member of the domain in: with its first frames it says so, unasked, in a frame that HTTP/2 leaves to us
 * (ALTSVC), so that none of thousands of links begins with a question and its answer. Who hears no welcome asks (`hello`) and is
 * told why.
 */
import type { ClientHttp2Session, ServerHttp2Session } from 'node:http2';
import { formatProtocols, linkProtocol, type ProtocolRange, parseProtocols } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { inTime } from './in-time.ts';

/**
 * The first release looks for its own number here and nowhere else, and does not look at the origin, which the frame must name: that
 * says the range.
 */
const welcome = `zhiyun-${linkProtocol.oldest}`;
const origin = { origin: `https://v${formatProtocols(linkProtocol)}.zhiyun.invalid` };

export function sayWelcome(session: ServerHttp2Session): void {
  session.altsvc(welcome, origin);
}

/**
 * What the listener speaks. Called before the connection's first frame is read. Undefined: it has spoken, and not welcomed us, or it is
 * over. Throws `timeout`, or the signal's reason.
 */
export async function welcomeOf(
  session: ClientHttp2Session,
  { label, timeoutMs, signal }: { label: string; timeoutMs: number; signal: AbortSignal },
): Promise<ProtocolRange | undefined> {
  const { promise, resolve } = Promise.withResolvers<ProtocolRange | undefined>();
  session.once('altsvc', (said, from) => resolve(protocolsIn(said, from)));
  // Its first frame. What has come together with it is read when that is told.
  session.once('remoteSettings', () => setImmediate(() => resolve(undefined)));
  session.once('close', () => resolve(undefined));
  const late = () => new PlatformError('timeout', `${label} did not answer within ${timeoutMs / 1000} s.`);
  return await inTime(promise, { timeoutMs, signal, late });
}

function protocolsIn(said: string, from: string): ProtocolRange | undefined {
  const [, first] = /^zhiyun-(.+)$/.exec(said) ?? [];
  const [, range = first] = /^https:\/\/v([\d-]+)\.zhiyun\.invalid$/.exec(from) ?? [];
  return first === undefined ? undefined : parseProtocols(range);
}
