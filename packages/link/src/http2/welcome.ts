/**
 * Server-first welcome: the listener admits a member with its first frames, in an ALTSVC frame, which saves a round
 * trip on thousands of links. A caller that gets none sends `hello` and learns the reason.
 */
import type { ClientHttp2Session, ServerHttp2Session } from 'node:http2';
import { formatProtocols, linkProtocol, type ProtocolRange, parseProtocols } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { inTime } from './in-time.ts';

/**
 * The first release expects exactly its own number here and ignores the frame's origin, so the origin carries the
 * version range.
 */
const welcome = `zhiyun-${linkProtocol.oldest}`;
const origin = { origin: `https://v${formatProtocols(linkProtocol)}.zhiyun.invalid` };

export function sayWelcome(session: ServerHttp2Session): void {
  session.altsvc(welcome, origin);
}

/**
 * Version range from the listener's welcome. Call before the connection's first frame is read. `undefined`: it answered
 * without a welcome, or the connection ended. Throws `timeout`, or the signal's reason.
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
