/** Serves one HTTP/2 stream: a call, a stream of items, a pipe, or a fault. */

import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { errorCodes, type Fault } from '@zhiyun/contracts';
import { formatProtocols, linkProtocol } from '@zhiyun/contracts/links';
import { type Logger, PlatformError } from '@zhiyun/kernel';
import { maxParamsBytes } from '../limits.ts';
import { faultFor } from '../rpc/fault-for.ts';
import { PipeEnd } from '../rpc/pipe-end.ts';
import type { Served, ServedMethod } from '../rpc/served.ts';
import { type ComponentIdentity, linkLost } from '../rpc/session.ts';
import type { LinkContext } from '../types.ts';
import { drained } from './drained.ts';
import {
  announcedBytes,
  decodeParams,
  endTrailers,
  helloMethod,
  linkPrefix,
  paramsHeader,
  parseJson,
  protocolOf,
  readBody,
} from './wire.ts';

interface Answering {
  served: Served;
  self: ComponentIdentity & { name: string };
  context: Omit<LinkContext, 'protocol'>;
  log: Logger;
  /** Destroys the connection of a caller that floods us. */
  cutOff: (why: Error) => void;
}

/** Serves `POST /link/…`. Throws what is to be answered as a fault. */
export async function answerMethod(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  answering: Answering,
): Promise<void> {
  const { served, self, log, cutOff } = answering;
  const context = { ...answering.context, protocol: protocolOf(headers) };
  if (headers[':method'] !== 'POST') throw new PlatformError('method-not-allowed', 'Link methods are called by POST.');
  const name = (headers[':path'] ?? '').slice(linkPrefix.length);
  if (name === helloMethod) return answerJson(stream, { ...self, protocols: formatProtocols(linkProtocol) });
  const method = served.method(name);
  if (method.kind === 'pipe')
    return await answerPipe(stream, method, decodeParams(headers[paramsHeader]), context, log);
  const params = parseJson(await readBody(stream, maxParamsBytes, { announced: announcedBytes(headers), cutOff }));
  if (method.kind === 'call') return answerJson(stream, await method.run(params, context));
  await answerStream(stream, method.run(params, context), context, log);
}

export function answerJson(stream: ServerHttp2Stream, answer: unknown): void {
  if (stream.destroyed) return;
  stream.respond({ ':status': 200, 'content-type': 'application/json' });
  stream.end(JSON.stringify(answer));
}

export function answerFault(stream: ServerHttp2Stream, error: unknown, log: Logger, protocol: number): void {
  if (!(error instanceof PlatformError) && !stream.closed) log.error({ error }, 'a link method failed');
  if (stream.destroyed || stream.closed) return;
  if (stream.headersSent) {
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return;
  }
  const fault = faultFor(error, protocol);
  stream.respond({ ':status': errorCodes[fault.code].status, 'content-type': 'application/json' });
  stream.end(JSON.stringify(fault));
}

async function answerStream(
  stream: ServerHttp2Stream,
  items: AsyncIterable<unknown>,
  { signal, protocol }: LinkContext,
  log: Logger,
): Promise<void> {
  const setEnd = respondWithTrailers(stream, 'application/x-ndjson');
  const onAbort = () => {
    setEnd(faultFor(signal.reason, protocol));
    stream.end();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const item of items) {
      if (signal.aborted) break;
      if (!stream.write(`${JSON.stringify(item)}\n`)) await drained(stream);
    }
  } catch (error) {
    if (!(error instanceof PlatformError) && !signal.aborted) log.error({ error }, 'a link stream failed');
    setEnd(faultFor(error, protocol));
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.end();
  }
}

async function answerPipe(
  stream: ServerHttp2Stream,
  method: Extract<ServedMethod, { kind: 'pipe' }>,
  params: unknown,
  context: LinkContext,
  log: Logger,
): Promise<void> {
  let setEnd: ((fault: Fault) => void) | undefined;
  let ended = false;
  stream.once('end', () => {
    ended = true;
  });
  const open = () => {
    if (!stream.destroyed) setEnd ??= respondWithTrailers(stream, 'application/octet-stream');
  };
  const bytes = new PipeEnd(stream, {
    onTouch: open,
    failure: () => (ended ? undefined : linkLost(`the caller ${context.caller.type} (${context.caller.id})`)),
    cut: () => stream.close(constants.NGHTTP2_CANCEL),
  });
  // The handler hears of a break through what it does with the bytes; nobody else needs to.
  bytes.on('error', () => {});
  try {
    await method.run(params, bytes, context);
    open();
    if (!bytes.writableEnded && !bytes.destroyed) bytes.end();
  } catch (error) {
    if (!setEnd) throw error;
    if (!(error instanceof PlatformError)) log.error({ error }, 'a link pipe failed');
    setEnd(faultFor(error, context.protocol));
    stream.end();
  }
}

/** Sends the headers now and the outcome in a trailer: `ok` unless a fault was set. */
function respondWithTrailers(stream: ServerHttp2Stream, contentType: string): (fault: Fault) => void {
  let fault: Fault | undefined;
  stream.once('wantTrailers', () => {
    if (!stream.destroyed) stream.sendTrailers(endTrailers(fault));
  });
  stream.respond({ ':status': 200, 'content-type': contentType }, { waitForTrailers: true });
  return (found) => {
    fault = found;
  };
}
