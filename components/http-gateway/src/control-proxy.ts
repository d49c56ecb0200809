/**
 * REST goes to any live Control Server. When one dies under a request, the request is repeated on another only if that can
 * do no harm: it reads; it sets or removes something named, which twice is as once; it begins an operation, which its
 * Idempotency-Key (we add one) keeps the same operation however often it is heard; or its row of the table says so. Of any
 * other request nobody can say whether it was carried out, and that is the answer.
 */
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { faultSchema } from '@zhiyun/contracts';
import { problemCodeHeader, type Route, routesAt } from '@zhiyun/contracts/rest';
import { errorFromFault, type Logger, PlatformError } from '@zhiyun/kernel';
import { bodyBytes, type Peer, type PlainRequest, type PlainResponse } from '@zhiyun/link';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Client, headersToClient, headersToPeer } from './forward-headers.ts';
import type { LiveControl } from './live-control.ts';
import { fault, sendProblem } from './problem.ts';

/** Bodies of REST are small JSON; what is larger belongs to an upload. */
export const maxBodyBytes = 1024 * 1024;

function readBody(stream: Readable): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const parts: Buffer[] = [];
  let size = 0;
  stream.on('data', (part: Buffer) => {
    size += part.length;
    if (size <= maxBodyBytes) return void parts.push(part);
    reject(
      new PlatformError(
        'payload-too-large',
        `The body has more than ${maxBodyBytes} bytes; REST takes small JSON. Files are sent to an image's uploadUrl.`,
      ),
    );
    // What is still to come is not read; the answer ends the connection.
    stream.pause();
  });
  stream.once('end', () => resolve(Buffer.concat(parts)));
  stream.once('error', reject);
  stream.once('close', () => stream.readableEnded || reject(new Error('The request broke off.')));
  return promise;
}

/** Twice is as once. */
const settling = new Set(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']);

function rowOf(method: string, path: string): Route | undefined {
  return routesAt(path.split('?', 1)[0] ?? path).find((route) => route.method === method);
}

/** The Control Server cannot just now (its database is away, it starts, stops or comes back): another one may. */
async function requireAble(response: PlainResponse): Promise<void> {
  const code = response.headers[problemCodeHeader];
  if (code === 'database-unavailable' || code === 'unavailable')
    throw errorFromFault(faultSchema.parse(JSON.parse(String(await bodyBytes(response)))));
}

export function createControlProxy(
  control: LiveControl,
  log: Logger,
): (request: FastifyRequest, reply: FastifyReply, client: Client) => Promise<FastifyReply> {
  async function send(request: PlainRequest, repeatable: boolean): Promise<PlainResponse> {
    let times = 0;
    const once = async (peer: Peer) => {
      times++;
      const response = await peer.request(request);
      if (repeatable) await requireAble(response);
      return response;
    };
    const { signal } = request;
    const response = await control.ask(once, { repeatable, ...(signal && { signal }) });
    // The first one has removed it and could not say so any more.
    if (request.method === 'DELETE' && times > 1 && response.status === 404)
      return { ...response, status: 204, body: Buffer.alloc(0) };
    return response;
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
      const row = rowOf(outgoing.method, outgoing.path);
      const begins = row?.status === 202;
      if (begins) headers['idempotency-key'] ??= `gateway-${randomUUID()}`;
      const response = await send(outgoing, row?.repeatable ?? (begins || settling.has(outgoing.method)));
      return reply.code(response.status).headers(headersToClient(response.headers)).send(response.body);
    } catch (error) {
      if (error instanceof PlatformError) {
        if (error.code === 'payload-too-large') reply.header('connection', 'close');
        return sendProblem(reply, error.toFault());
      }
      if (aborted.signal.aborted) return reply;
      log.error({ err: error }, 'a request could not be passed on');
      return sendProblem(reply, fault('unavailable', 'The request could not be passed on; try again in a moment.'));
    }
  };
}
