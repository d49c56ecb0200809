/** Plain HTTP requests over an open HTTP/2 session, to the peer's mounted handlers. */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { finished, PassThrough, pipeline, Readable } from 'node:stream';
import type { PlatformError } from '@zhiyun/kernel';
import type { PlainRequest, PlainResponse } from '../types.ts';
import { isCutShort, readBody } from './wire.ts';

/** Hop-by-hop headers of HTTP/1.1, which HTTP/2 forbids (RFC 9113 §8.2.2). */
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
  const { promise, resolve, reject } = Promise.withResolvers<PlainResponse>();
  let answered = false;
  stream.once('response', (response) => {
    answered = true;
    answerOf(stream, response, lost).then(resolve, (cause) => reject(failed(cause)));
  });
  // Once it has answered, its body says by itself how it ends.
  stream.once('close', () => {
    if (!answered) reject(lost());
  });
  const failed = (cause?: unknown) => (request.signal?.aborted ? request.signal.reason : lost(cause));
  stream.on('error', (cause) => reject(failed(cause)));
  if (request.body instanceof Readable) sendBody(request.body, stream);
  else if (request.body !== undefined) stream.end(request.body);
  return await promise;
}

/** Bodies announced as no longer than this are buffered at once. */
const shortBytes = 64 * 1024;

async function answerOf(
  stream: ClientHttp2Stream,
  response: IncomingHttpHeaders & IncomingHttpStatusHeader,
  lost: () => PlatformError,
): Promise<PlainResponse> {
  const headers = Object.fromEntries(Object.entries(response).filter(([name]) => !name.startsWith(':')));
  const status = response[':status'] ?? 502;
  const announced = Number(response['content-length'] ?? Number.NaN);
  // A stream that has arrived in one piece closes itself, and is lost to whoever begins to read it a moment later.
  const body =
    announced <= shortBytes
      ? await readBody(stream, shortBytes)
      : pipeline(stream, new PassThrough({ flush: (done) => done(isCutShort(stream) ? lost() : null) }), () => {});
  return { status, headers, body };
}

/**
 * Sends the body. The peer may answer before reading all of it: the source is then left open, since its owner may still
 * need it to answer.
 */
function sendBody(body: Readable, stream: ClientHttp2Stream): void {
  body.pipe(stream);
  finished(body, { writable: false }, (error) => {
    if (error) stream.close(constants.NGHTTP2_CANCEL);
  });
}
