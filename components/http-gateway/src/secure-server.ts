/**
 * The TLS server: HTTP/2 by ALPN, HTTP/1.1 for older clients and WebSockets. What never becomes a request (garbage, a
 * wrong expectation, CONNECT) is answered here, as a problem with the security headers.
 */
import { maxHeaderSize } from 'node:http';
import { createSecureServer, type Http2SecureServer, Http2ServerRequest } from 'node:http2';
import type { Duplex } from 'node:stream';
import { type Fault, say } from '@zhiyun/contracts';
import { systemErrorCode } from '@zhiyun/kernel';
import type { GatewayCertificate } from './gateway-certificate.ts';
import { endWithProblem, fault, type RawRequest, type RawResponse, writeProblem } from './problem.ts';
import { securityHeaders } from './security-headers.ts';

const headersTimeoutMs = 15_000;
const handshakeTimeoutMs = 10_000;
/**
 * HTTP/1.1 keep-alive timeout: longer than proxies keep an idle connection to us (60 s by default), so that the proxy
 * closes it.
 */
const keepAliveMs = 75_000;
/** Flow-control window of one stream; the connection's is smaller, see `widenForUpload`. */
const streamWindowBytes = 2 * 1024 * 1024;
/** Flow-control window of a connection with an upload. */
const uploadWindowBytes = 8 * 1024 * 1024;
const maxStreams = 128;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const knownMethods = new Set(methods);

export function tlsOptions({ key, certificate }: GatewayCertificate) {
  return { key, cert: certificate, minVersion: 'TLSv1.2' } as const;
}

export type HandleRequest = (request: RawRequest, response: RawResponse) => void;

export function createGatewayServer(certificate: GatewayCertificate, handle: HandleRequest): Http2SecureServer {
  const server = createSecureServer({
    ...tlsOptions(certificate),
    allowHTTP1: true,
    handshakeTimeout: handshakeTimeoutMs,
    settings: {
      maxConcurrentStreams: maxStreams,
      initialWindowSize: streamWindowBytes,
      maxHeaderListSize: maxHeaderSize,
    },
  });
  Object.assign(server, {
    headersTimeout: headersTimeoutMs,
    // An upload may take hours; bodies have deadlines of their own.
    requestTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    // Said by us, with the words and headers of every answer.
    requireHostHeader: false,
  });

  const receive: HandleRequest = (request, response) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    if (!knownMethods.has(request.method ?? '')) return refuseMethod(request, response);
    handle(request, response);
  };
  server.on('request', receive);
  // Said when the body is wanted: whoever is refused need not send it.
  server.on('checkContinue', (request, response) => {
    awaitsContinue.add(request);
    receive(request, response);
  });
  server.on('checkExpectation', (_request, response) =>
    writeProblem(response, fault('expectation-failed', say('gateway.unknown-expectation'))),
  );
  server.on('connect', (request: RawRequest, answer: RawResponse | Duplex) => {
    if ('setHeader' in answer) return refuseMethod(request, answer);
    endWithProblem(answer, wrongMethod('CONNECT'), { allow: methods.join(', ') });
  });
  return server;
}

/** Throughput is one window per round trip, so only an authorised upload gets a large window. */
export function widenForUpload(request: RawRequest): void {
  if (request instanceof Http2ServerRequest) request.stream.session?.setLocalWindowSize(uploadWindowBytes);
}

const awaitsContinue = new WeakSet<RawRequest>();

/** The body is wanted. */
export function askForBody(request: RawRequest, response: RawResponse): void {
  if (awaitsContinue.delete(request)) response.writeContinue();
}

function wrongMethod(method: string | undefined) {
  return fault('method-not-allowed', say('rest.method', { allowed: methods.join(', '), method: method ?? '' }));
}

function refuseMethod(request: RawRequest, response: RawResponse): void {
  writeProblem(response, wrongMethod(request.method), { allow: methods.join(', ') });
}

/** Maps the error code of Node's parser. */
function answerOfParser(code: string | undefined): [Fault, Record<string, string>?] {
  switch (code) {
    case 'HPE_INVALID_METHOD':
      return [wrongMethod('?'), { allow: methods.join(', ') }];
    case 'HPE_HEADER_OVERFLOW':
      return [fault('headers-too-large', say('gateway.headers-too-large', { limit: maxHeaderSize }))];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [fault('request-timeout', say('gateway.headers-too-slow', { within: headersTimeoutMs / 1000 }))];
    default:
      return [fault('invalid-request', say('gateway.bad-request'))];
  }
}

const answered = new WeakSet<Duplex>();

/** For `clientErrorHandler`: what the parser or TLS itself did not understand. */
export function answerClientError(error: Error, socket: Duplex & { _httpMessage?: { headersSent: boolean } }): void {
  const code = systemErrorCode(error);
  // The rest of what was refused; the answer is under way.
  if (answered.has(socket)) return;
  answered.add(socket);
  // Half an answer is under way, or there is nobody any more, or TLS itself has failed: nothing can be said.
  if (!socket.writable || socket._httpMessage?.headersSent || !isParserError(code)) return void socket.destroy();
  const [told, more] = answerOfParser(code);
  endWithProblem(socket, told, more);
}

function isParserError(code: string | undefined): boolean {
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' || (code?.startsWith('HPE_') ?? false);
}
