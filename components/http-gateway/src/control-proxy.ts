/**
 * Proxies REST to any live Control Server. When one dies under a request, the request is retried on another only if it
 * is idempotent: it reads; it sets or removes something named; it begins an operation under an Idempotency-Key (we add
 * one); or its route says so. Otherwise the answer says that the outcome is unknown.
 */
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { faultSchema, say } from '@zhiyun/contracts';
import { controlServerLink } from '@zhiyun/contracts/links';
import { problemCodeHeader, type Route, routesAt } from '@zhiyun/contracts/rest';
import { errorFromFault, type Logger, PlatformError } from '@zhiyun/kernel';
import { bodyBytes, type Peer, type PlainRequest, type PlainResponse } from '@zhiyun/link';
import type { Client } from './client.ts';
import { compressed } from './compress.ts';
import { headersToClient, headersToPeer } from './forward-headers.ts';
import type { Reply, Request } from './gateway-app.ts';
import type { LiveControl } from './live-control.ts';
import { fault, sendProblem } from './problem.ts';
import type { ReadBody } from './request-body.ts';
import { askForBody } from './secure-server.ts';

/** Idempotent methods. */
const settling = new Set(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']);

function rowOf(method: string, path: string): Route | undefined {
  return routesAt(path.split('?', 1)[0] ?? path).find((route) => route.method === method);
}

/** The Control Server is temporarily unable (no database, starting, stopping): try another one. */
async function requireAble(response: PlainResponse): Promise<void> {
  const code = response.headers[problemCodeHeader];
  if (code === 'database-unavailable' || code === 'unavailable')
    throw errorFromFault(faultSchema.parse(JSON.parse(String(await bodyBytes(response)))));
}

export interface ControlProxyOptions {
  control: LiveControl;
  readBody: ReadBody;
  log: Logger;
}

export function createControlProxy({
  control,
  readBody,
  log,
}: ControlProxyOptions): (request: Request, reply: Reply, client: Client) => Promise<Reply> {
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

  /**
   * Authorises a request before its large body is read. An older Control Server that lacks the method answers with the
   * request itself.
   */
  async function admit({ method, path, headers }: PlainRequest): Promise<void> {
    const { authorization, cookie } = headers as Record<string, string | undefined>;
    const bearer = { method, path, ...(authorization && { authorization }), ...(cookie && { cookie }) };
    await control
      .ask((peer) => peer.as(controlServerLink).admitRequest(bearer), { repeatable: true })
      .catch((error: unknown) => {
        if (!(error instanceof PlatformError && error.code === 'not-found')) throw error;
      });
  }

  async function bodyOf(request: Request, reply: Reply, row: Route | undefined, client: Client, passed: PlainRequest) {
    const { authorization, cookie, 'content-length': announced } = request.headers;
    const isKnownOnly = row !== undefined && row.policy !== 'public';
    if (isKnownOnly && authorization === undefined && cookie === undefined)
      throw new PlatformError('not-authenticated', say('identity.sign-in-first'));
    askForBody(request.raw, reply.raw);
    return await readBody({
      stream: request.body as Readable,
      announcedBytes: announced === undefined ? undefined : Number(announced),
      address: client.address,
      admit: isKnownOnly ? () => admit(passed) : undefined,
    });
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
      const row = rowOf(outgoing.method, outgoing.path);
      if (request.body) outgoing.body = await bodyOf(request, reply, row, client, outgoing);
      delete headers['content-length'];
      if (outgoing.body) headers['content-length'] = String((outgoing.body as Buffer).length);
      const begins = row?.status === 202;
      if (begins) headers['idempotency-key'] ??= `gateway-${randomUUID()}`;
      const response = await send(outgoing, row?.repeatable ?? (begins || settling.has(outgoing.method)));
      const answer = compressed(request.headers, { ...response, headers: headersToClient(response.headers) });
      return reply.code(answer.status).headers(answer.headers).send(answer.body);
    } catch (error) {
      if (error instanceof PlatformError) return sendProblem(reply, error.toFault());
      if (aborted.signal.aborted) return reply;
      log.error({ err: error }, 'a request could not be passed on');
      return sendProblem(reply, fault('unavailable', say('gateway.not-passed-on')));
    }
  };
}
