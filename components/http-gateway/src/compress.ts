/**
 * Compresses JSON of the API (gzip): lists of hundreds of rows to a tenth. Small bodies, event streams (no buffering
 * allowed) and already compressed ones pass unchanged.
 */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';

/** Below this size compression saves no packet. */
const worthBytes = 1_200;
/** Up to this size compression is synchronous: well under a millisecond. */
const atOnceBytes = 32 * 1024;
/** A fifth of the default level's time for nearly the same size. */
const level = 3;

export interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Readable | Buffer;
}

export function compressed<A extends Answer>(request: IncomingHttpHeaders, answer: A): A {
  const { headers, body } = answer;
  if (!isJson(headers['content-type']) || headers['content-encoding'] !== undefined) return answer;
  const varied = { ...headers, vary: headers.vary ? `${headers.vary}, accept-encoding` : 'accept-encoding' };
  const size = Buffer.isBuffer(body) ? body.length : Number(headers['content-length'] ?? Number.POSITIVE_INFINITY);
  if (size < worthBytes || !takesGzip(request['accept-encoding'])) return { ...answer, headers: varied };
  const { 'content-length': _, ...rest } = varied;
  const encoded = { ...rest, 'content-encoding': 'gzip' };
  if (Buffer.isBuffer(body) && body.length <= atOnceBytes) {
    const zipped = gzipSync(body, { level });
    return { ...answer, headers: { ...encoded, 'content-length': String(zipped.length) }, body: zipped };
  }
  const gzip = createGzip({ level });
  if (Buffer.isBuffer(body)) gzip.end(body);
  // How it broke off is told by the stream that is passed on.
  else pipeline(body, gzip, () => {});
  return { ...answer, headers: encoded, body: gzip };
}

function isJson(type: unknown): boolean {
  return typeof type === 'string' && /^application\/(?:[\w.-]+\+)?json\b/.test(type);
}

/** RFC 9110 §12.5.3: `gzip`, `x-gzip` or `*`, unless its weight is 0. */
export function takesGzip(accepted: string | string[] | undefined): boolean {
  const weights = new Map<string, number>();
  for (const entry of String(accepted ?? '')
    .toLowerCase()
    .split(',')) {
    const [coding = '', ...parameters] = entry.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    if (coding) weights.set(coding, weight === undefined ? 1 : Number(weight));
  }
  return (weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0) > 0;
}
