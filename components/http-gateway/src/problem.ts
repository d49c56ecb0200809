/**
 * Problem responses of the gateway itself (RFC 9457), for what never reaches a Control Server; one shape for every
 * transport.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Duplex } from 'node:stream';
import { type ErrorCode, type Fault, problemOf, type Sentence } from '@zhiyun/contracts';
import { bearerChallenge, publicFault } from '@zhiyun/contracts/rest';
import { englishOf } from '@zhiyun/kernel';
import type { FastifyReply, RawServerBase } from 'fastify';
import { securityHeaders } from './security-headers.ts';

export type RawRequest = IncomingMessage | Http2ServerRequest;
export type RawResponse = ServerResponse | Http2ServerResponse;

export function fault(code: ErrorCode, sentence: Sentence): Fault {
  return { code, detail: englishOf(sentence), sentence };
}

interface ProblemAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

function answerOf(fault: Fault): ProblemAnswer {
  const problem = problemOf(publicFault(fault));
  const { status, retryAfterSeconds = status === 503 || status === 429 ? 1 : undefined } = problem;
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
      ...(status === 401 && { 'www-authenticate': bearerChallenge }),
    },
    body: JSON.stringify(problem),
  };
}

export function sendProblem<S extends RawServerBase>(
  reply: FastifyReply<Record<never, never>, S>,
  fault: Fault,
): FastifyReply<Record<never, never>, S> {
  const { status, headers, body } = answerOf(fault);
  for (const [name, value] of Object.entries(headers)) reply.header(name, value);
  return reply.code(status).send(body);
}

/** Before or beside the router. */
export function writeProblem(response: RawResponse, fault: Fault, more: OutgoingHttpHeaders = {}): void {
  const { status, headers, body } = answerOf(fault);
  for (const [name, value] of Object.entries({ ...securityHeaders, ...headers, ...more }))
    if (value !== undefined) response.setHeader(name, value);
  response.setHeader('content-length', Buffer.byteLength(body));
  response.statusCode = status;
  response.end(body);
}

/** For a raw HTTP/1.1 connection without a response object: answers and closes. */
export function endWithProblem(socket: Duplex, fault: Fault, more: Record<string, string> = {}): void {
  const { status, headers, body } = answerOf(fault);
  const lines = Object.entries({
    ...securityHeaders,
    ...headers,
    ...more,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  endAndLinger(socket, `HTTP/1.1 ${status} ${problemOf(fault).title}\r\n${lines.join('')}\r\n${body}`);
}

const lingerMs = 2_000;

/**
 * Lingering close: closing with unread bytes resets the connection and loses the answer, so input is drained until the
 * client closes.
 */
export function endAndLinger(socket: Duplex, lastWords?: string): void {
  const over = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(over));
  socket.once('end', () => socket.destroy());
  socket.on('error', () => socket.destroy());
  if (lastWords === undefined) socket.end();
  else socket.end(lastWords);
  socket.resume();
}
