/**
 * REST goes to any live Control Server. When one dies under a request, the request is repeated on another only if that can
 * do no harm: it reads, or it begins an operation, which its Idempotency-Key (we add one) keeps the same operation however
 * often it is heard. Of any other request nobody can say whether it was carried out, and that is the answer.
 */
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { routesAt } from '@zhiyun/contracts/rest';
import { type Logger, PlatformError } from '@zhiyun/kernel';
import type { Member, Peer, PlainRequest, PlainResponse } from '@zhiyun/link';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Client, headersToClient, headersToPeer } from './forward-headers.ts';
import { fault, sendProblem } from './problem.ts';

/** Bodies of REST are small JSON; what is larger belongs to an upload. */
export const maxBodyBytes = 1024 * 1024;

async function readBody(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBodyBytes)
      throw new PlatformError(
        'payload-too-large',
        `The body has more than ${maxBodyBytes} bytes; REST takes small JSON. Files are sent to an image's uploadUrl.`,
      );
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Live ones first in turn, so that the load spreads. */
function* controlServers(member: Member, turn: number): Generator<Peer> {
  const live = member.onlinePeers('control-server');
  for (let index = 0; index < live.length; index++) {
    const peer = live[(index + turn) % live.length];
    if (peer) yield peer;
  }
}

function beginsOperation(method: string, path: string): boolean {
  return routesAt(path.split('?', 1)[0] ?? path).some((route) => route.method === method && route.status === 202);
}

export function createControlProxy(
  member: Member,
  log: Logger,
): (request: FastifyRequest, reply: FastifyReply, client: Client) => Promise<FastifyReply> {
  let turn = 0;

  async function send(request: PlainRequest, repeatable: boolean): Promise<PlainResponse> {
    let lastError: unknown;
    for (const peer of controlServers(member, turn++)) {
      try {
        return await peer.request(request);
      } catch (error) {
        if (request.signal?.aborted) throw error;
        if (!repeatable)
          throw new PlatformError(
            'unavailable',
            'The Control Server went away while it worked on this request, which may have been carried out or not; look before you send it again.',
            { cause: error },
          );
        lastError = error;
      }
    }
    throw new PlatformError(
      'control-unreachable',
      'No Control Server can be reached right now. Running instances are not touched; try again in a moment, or look at `zhiyun status`.',
      { cause: lastError },
    );
  }

  return async function proxy(request, reply, client) {
    const aborted = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) aborted.abort();
    });
    try {
      const headers = headersToPeer(request.headers, client);
      const outgoing: PlainRequest = {
        method: request.method,
        path: request.raw.url ?? request.url,
        headers,
        signal: aborted.signal,
      };
      if (request.body) outgoing.body = await readBody(request.body as Readable);
      delete headers['content-length'];
      if (outgoing.body) headers['content-length'] = String((outgoing.body as Buffer).length);
      const begins = beginsOperation(outgoing.method, outgoing.path);
      if (begins) headers['idempotency-key'] ??= `gateway-${randomUUID()}`;
      const reads = outgoing.method === 'GET' || outgoing.method === 'HEAD';
      const response = await send(outgoing, reads || begins);
      return reply.code(response.status).headers(headersToClient(response.headers)).send(response.body);
    } catch (error) {
      if (error instanceof PlatformError) return sendProblem(reply, error.toFault());
      if (aborted.signal.aborted) return reply;
      log.error({ err: error }, 'a request could not be passed on');
      return sendProblem(reply, fault('unavailable', 'The request could not be passed on; try again in a moment.'));
    }
  };
}
