/**
 * Wire format of an HTTP/2 link. `POST /link/<server>/<method>` with the protocol version in a header; errors are `{
 * code, detail }`. A stream or pipe ends cleanly only with the trailer `zhiyun-end: ok`; a fault travels in the same
 * trailer; no trailer means a lost connection.
 */
import { constants, type Http2Stream, type IncomingHttpHeaders } from 'node:http2';
import { componentIdSchema, type Fault, formatBytes, type Sentence, say, toldFaultSchema } from '@zhiyun/contracts';
import {
  commonProtocol,
  componentTypeSchema,
  formatProtocols,
  linkProtocol,
  type ProtocolRange,
  parseProtocols,
} from '@zhiyun/contracts/links';
import { errorFromFault, PlatformError } from '@zhiyun/kernel';
import { z } from 'zod';
import { floodFactor } from '../limits.ts';

export const joinPath = '/join';
export const linkPrefix = '/link/';
/**
 * First call of a session without a welcome: both sides name themselves, or the server gives the reason of its refusal.
 */
export const helloMethod = 'hello';
export const helloSchema = z.object({
  id: componentIdSchema,
  type: componentTypeSchema,
  name: z.string(),
  /** The first release sends none. */
  protocols: z.string().default('1'),
});

/** The negotiated version. The first release accepts its own, 1, only. */
const protocolHeader = 'zhiyun-protocol';
/** Version range of the caller, sent until one is negotiated. */
const protocolsHeader = 'zhiyun-protocols';
export const paramsHeader = 'zhiyun-params';
const endTrailer = 'zhiyun-end';
/** Debug data of the GOAWAY frame of a graceful shutdown. */
export const goodbye = Buffer.from('goodbye');

/** `protocol`: undefined until one is negotiated. */
export function requestHeaders(path: string, protocol: number | undefined): Record<string, string> {
  const headers = { ':method': 'POST', ':path': path, [protocolHeader]: String(protocol ?? linkProtocol.oldest) };
  return protocol === undefined ? { ...headers, [protocolsHeader]: formatProtocols(linkProtocol) } : headers;
}

/** Version range of the caller; the first release sends none. `undefined` when unreadable. */
export function protocolsOf(headers: IncomingHttpHeaders): ProtocolRange | undefined {
  const said = headers[protocolsHeader] ?? headers[protocolHeader];
  return typeof said === 'string' ? parseProtocols(said) : undefined;
}

/** Negotiates the version with a caller. Throws `protocol-mismatch`. */
export function protocolOf(headers: IncomingHttpHeaders): number {
  const theirs = protocolsOf(headers);
  const common = theirs && commonProtocol(linkProtocol, theirs);
  if (common !== undefined) return common;
  throw protocolMismatch(theirs);
}

export function protocolMismatch(
  theirs: ProtocolRange | undefined,
  peer: Sentence = say('version.caller'),
): PlatformError {
  const versions = { theirs: theirs ? formatProtocols(theirs) : '?', ours: formatProtocols(linkProtocol) };
  return new PlatformError('protocol-mismatch', say('version.protocol', { peer, ...versions }));
}

export function encodeParams(params: unknown): string {
  return Buffer.from(JSON.stringify(params)).toString('base64url');
}

/** Throws `malformed-json`. */
export function decodeParams(header: unknown): unknown {
  return parseJson(Buffer.from(typeof header === 'string' ? header : '', 'base64url'));
}

/** Throws `malformed-json`. */
export function parseJson(json: Buffer | string): unknown {
  try {
    return JSON.parse(typeof json === 'string' ? json : json.toString('utf8'));
  } catch (cause) {
    throw new PlatformError('malformed-json', 'What came over the link is not JSON.', { cause });
  }
}

/**
 * Reads the whole body. Throws `payload-too-large`, or the stream's error. With `cutOff`, a body over its limit is
 * drained so that its sender gets the answer; one that is or announces to be `floodFactor` times too large is cut off.
 */
export function readBody(
  stream: Http2Stream,
  maxBytes: number,
  { announced = 0, cutOff }: { announced?: number; cutOff?: (why: PlatformError) => void } = {},
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const tooLarge = () =>
    new PlatformError('payload-too-large', `At most ${formatBytes(maxBytes)} may be sent at once over a link.`);
  const flood = cutOff ? maxBytes * floodFactor : maxBytes;
  const refuse = () => {
    const error = tooLarge();
    reject(error);
    cutOff?.(error);
  };
  if (announced > flood) refuse();
  let chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks = [];
    if (size > flood) refuse();
  });
  let isWhole = false;
  stream.once('end', () => {
    isWhole = true;
    if (isCutShort(stream)) reject(new Error('The stream was cut off before its end.'));
    else if (size > maxBytes) reject(tooLarge());
    else resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
  });
  stream.once('error', reject);
  // Every stream closes, and an error costs its stack trace.
  stream.once('close', () => isWhole || reject(new Error('The stream closed before its end.')));
  return promise;
}

/** For an ended stream: Node ends streams of a broken connection as if they were complete. */
export function isCutShort({ rstCode }: Http2Stream): boolean {
  return rstCode !== undefined && rstCode !== constants.NGHTTP2_NO_ERROR;
}

export function announcedBytes(headers: IncomingHttpHeaders): number {
  return Number(headers['content-length'] ?? 0);
}

export function endTrailers(fault: Fault | undefined): Record<string, string> {
  return { [endTrailer]: fault ? Buffer.from(JSON.stringify(fault)).toString('base64url') : 'ok' };
}

/** `undefined`: a clean end. */
export function faultOfTrailers(
  trailers: IncomingHttpHeaders | undefined,
  lost: () => PlatformError,
): PlatformError | undefined {
  const end = trailers?.[endTrailer];
  if (end === 'ok') return undefined;
  if (typeof end !== 'string') return lost();
  return faultOfBody(Buffer.from(end, 'base64url'), lost);
}

export function faultOfBody(body: Buffer, otherwise: () => PlatformError): PlatformError {
  try {
    return errorFromFault(toldFaultSchema.parse(JSON.parse(body.toString('utf8'))));
  } catch {
    return otherwise();
  }
}
