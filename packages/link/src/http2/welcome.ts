/**
 * How a listener lets a member of the domain in: with its first frames it says so, unasked, in a frame that HTTP/2 leaves to us
 * (ALTSVC), so that none of thousands of links begins with a question and its answer. Who hears no welcome asks (`hello`) and is
 * told why.
 */
import type { ClientHttp2Session, ServerHttp2Session } from 'node:http2';
import { linkProtocolVersion } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { inTime } from '../in-time.ts';

const welcome = `zhiyun-${linkProtocolVersion}`;
/** The frame must name one. */
const origin = { origin: 'https://zhiyun.invalid' };

export function sayWelcome(session: ServerHttp2Session): void {
  session.altsvc(welcome, origin);
}

/**
 * Called before the connection's first frame is read. False: it has spoken, and not welcomed us, or it is over. Throws `timeout`, or
 * the signal's reason.
 */
export async function isWelcomed(
  session: ClientHttp2Session,
  { label, timeoutMs, signal }: { label: string; timeoutMs: number; signal: AbortSignal },
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  session.once('altsvc', (said) => resolve(said === welcome));
  // Its first frame. What has come together with it is read when that is told.
  session.once('remoteSettings', () => setImmediate(() => resolve(false)));
  session.once('close', () => resolve(false));
  const late = () => new PlatformError('timeout', `${label} did not answer within ${timeoutMs / 1000} s.`);
  return await inTime(promise, { timeoutMs, signal, late });
}
