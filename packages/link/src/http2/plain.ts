/** Plain HTTP requests over an open HTTP/2 session, to whatever the peer has mounted. */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { finished, Readable } from 'node:stream';
import type { PlatformError } from '@zhiyun/kernel';
import type { PlainRequest, PlainResponse } from '../types.ts';

/** Headers that belong to one hop of HTTP/1.1 and that HTTP/2 forbids (RFC 9113 §8.2.2). */
const hopHeaders = new Set([
  'connection',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

export async function plainRequest(
  session: ClientHttp2Session,
  request: PlainRequest,
  lost: (cause?: unknown) => PlatformError,
): Promise<PlainResponse> {
  request.signal?.throwIfAborted();
  const headers: OutgoingHttpHeaders = { ':method': request.method, ':path': request.path };
  for (const [name, value] of Object.entries(request.headers)) {
    const lower = name.toLowerCase();
    if (!hopHeaders.has(lower) && !lower.startsWith(':')) headers[lower] = value;
  }
  let stream: ClientHttp2Stream;
  try {
    stream = session.request(headers, {
      endStream: request.body === undefined,
      ...(request.signal && { signal: request.signal }),
    });
  } catch (cause) {
    throw lost(cause);
  }
  const { promise, resolve, reject } = Promise.withResolvers<IncomingHttpHeaders & IncomingHttpStatusHeader>();
  stream.once('response', resolve);
  stream.once('close', () => reject(lost()));
  stream.on('error', (cause) => reject(request.signal?.aborted ? request.signal.reason : lost(cause)));
  if (request.body instanceof Readable) sendBody(request.body, stream);
  else if (request.body !== undefined) stream.end(request.body);
  const response = await promise;
  const answer = Object.fromEntries(Object.entries(response).filter(([name]) => !name.startsWith(':')));
  return { status: response[':status'] ?? 502, headers: answer, body: stream };
}

/** A peer may answer before it has read everything: the source is then left alone, for its owner may still need it to answer. */
function sendBody(body: Readable, stream: ClientHttp2Stream): void {
  body.pipe(stream);
  finished(body, { writable: false }, (error) => {
    if (error) stream.close(constants.NGHTTP2_CANCEL);
  });
}
