/**
 * Handles an answer sent before its request body was read. On HTTP/1.1 the rest would be parsed as the next request or
 * block it; so a short rest is drained, and with a longer one the connection is closed.
 */
import type { IncomingMessage } from 'node:http';
import { constants, type Http2ServerRequest } from 'node:http2';
import type { Socket } from 'node:net';
import { endAndLinger, type RawRequest, type RawResponse } from './problem.ts';

const drainedBytes = 256 * 1024;
const drainedMs = 2_000;

/** Called when the answer is about to be sent. */
export function settleUnreadBody(request: RawRequest, response: RawResponse): void {
  if (request.httpVersionMajor === 2) {
    const { stream, complete } = request as Http2ServerRequest;
    // Once the answer is whole, the rest is not wanted (RFC 9113 §8.1).
    if (!complete) stream.once('finish', () => setImmediate(() => stream.close(constants.NGHTTP2_NO_ERROR)));
    return;
  }
  const message = request as IncomingMessage;
  if (message.complete || message.destroyed) return;
  const rest = Number(message.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  const { socket } = message;
  if (rest > drainedBytes) {
    response.setHeader('connection', 'close');
    // Node closes the connection with this after the last answer.
    (socket as Socket).destroySoon = () => endAndLinger(socket);
  }
  message.unpipe();
  message.on('error', () => {});
  message.resume();
  const over = setTimeout(() => message.complete || socket.destroy(), drainedMs);
  message.once('close', () => clearTimeout(over));
  message.once('end', () => clearTimeout(over));
}
