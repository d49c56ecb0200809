/**
 * In-process shortcut for bulk bytes between roles of one process (uploads from the gateway to the Storage Server): the
 * mounted handler is called directly, because TLS and HTTP/2 would cost seconds of CPU per GiB. Permission checks are
 * the same, and the link must be up, so that a removed member is cut off here too.
 */
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { finished, PassThrough, Readable } from 'node:stream';
import type { ComponentId } from '@zhiyun/contracts';
import { linkProtocol } from '@zhiyun/contracts/links';
import type { PlainRequest, PlainResponse } from '../types.ts';
import type { Served } from './served.ts';
import type { ComponentIdentity } from './session.ts';

const members = new Map<ComponentId, Served>();

/** Registers a member of this process until disposed. */
export function enterProcess(id: ComponentId, served: Served): Disposable {
  members.set(id, served);
  return {
    [Symbol.dispose]() {
      if (members.get(id) === served) members.delete(id);
    },
  };
}

export function servedInProcess(id: ComponentId): Served | undefined {
  return members.get(id);
}

/** Throws `not-found` and `forbidden` as over the link. */
export async function requestInProcess(
  served: Served,
  caller: ComponentIdentity,
  request: PlainRequest,
): Promise<PlainResponse> {
  request.signal?.throwIfAborted();
  const ended = new AbortController();
  const context = { caller, signal: ended.signal, silentMs: () => 0, protocol: linkProtocol.newest };
  const handler = served.mounted(request.path, context);

  const { promise, resolve, reject } = Promise.withResolvers<PlainResponse>();
  const incoming = incomingOf(request);
  const abort = () => {
    incoming.destroy();
    reject(request.signal?.reason);
  };
  request.signal?.addEventListener('abort', abort, { once: true });
  const answer = new Answer((status, headers) => resolve({ status, headers, body: answer.body }));
  // What of the request was not read is left to its owner.
  finished(answer.body, { readable: false }, () => {
    request.signal?.removeEventListener('abort', abort);
    incoming.destroy();
    ended.abort();
    reject(new Error('The request ended without an answer.'));
  });
  handler(incoming as unknown as Http2ServerRequest, answer as unknown as Http2ServerResponse, context);
  return promise;
}

/** The part of an HTTP/2 request that handlers use. */
function incomingOf({ method, path, headers, body }: PlainRequest): PassThrough {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const incoming = Object.assign(new PassThrough(), { method, url: path, headers: Object.fromEntries(lower) });
  incoming.on('error', () => {});
  if (body instanceof Readable) {
    body.pipe(incoming);
    finished(body, { writable: false }, (error) => error && incoming.destroy(error));
  } else incoming.end(body);
  return incoming;
}

/** The part of an HTTP/2 response that handlers use. */
class Answer {
  readonly body = new PassThrough();
  readonly stream = Object.assign(this.body, { close: () => this.body.destroy() });
  readonly #onHead: (status: number, headers: Record<string, string>) => void;

  constructor(onHead: (status: number, headers: Record<string, string>) => void) {
    this.#onHead = onHead;
    this.body.on('error', () => {});
  }

  writeHead(status: number, headers: Record<string, string> = {}): this {
    this.#onHead(status, headers);
    return this;
  }

  end(bytes?: string | Buffer): this {
    this.body.end(bytes);
    return this;
  }
}
