/** Routes of the gateway, independent of the server that carries them. */
import type { Http2SecureServer } from 'node:http2';
import { say, uploadOptionsHeaders } from '@zhiyun/contracts';
import { apiPrefix } from '@zhiyun/contracts/rest';
import { type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Client, ClientReader } from './client.ts';
import { servePages } from './console-pages.ts';
import { createControlProxy } from './control-proxy.ts';
import type { GatewayCertificate } from './gateway-certificate.ts';
import { serveHealth } from './health.ts';
import type { LiveControl } from './live-control.ts';
import { fault, type RawRequest, type RawResponse, sendProblem } from './problem.ts';
import { createBodyReader } from './request-body.ts';
import { crossSite } from './same-site.ts';
import { answerClientError, createGatewayServer } from './secure-server.ts';
import { settleUnreadBody } from './unread-body.ts';
import { createUploadProxy } from './upload-proxy.ts';

export type Gateway = FastifyInstance<Http2SecureServer>;
export type Request = FastifyRequest<Record<never, never>, Http2SecureServer>;
export type Reply = FastifyReply<Record<never, never>, Http2SecureServer>;

export interface GatewayAppOptions {
  member: Member;
  control: LiveControl;
  clients: ClientReader;
  certificate: GatewayCertificate;
  consoleDirectory: string;
  clock: Clock;
  log: Logger;
}

export function buildGatewayApp(options: GatewayAppOptions): Gateway {
  const { member, control, clients, clock, log } = options;
  const app: Gateway = Fastify({
    http2: true,
    serverFactory: (handler) =>
      createGatewayServer(options.certificate, handler as (request: RawRequest, response: RawResponse) => void),
    clientErrorHandler: answerClientError,
    // Paths can hold a console ticket, so requests are not logged here; the Control Server keeps the audit.
    logger: false,
    bodyLimit: Number.MAX_SAFE_INTEGER,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (_error, _request, reply) =>
      void sendProblem(reply as unknown as Reply, fault('invalid-request', say('rest.address'))),
  });

  // Bodies pass through as streams, whatever they are.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request: Request, payload, done) => done(null, payload));

  const known = new WeakMap<Request, Client>();
  const clientOf = (request: Request): Client => {
    const client = known.get(request) ?? clients.read(request.raw.socket.remoteAddress, request.headers);
    known.set(request, client);
    return client;
  };

  app.addHook('onRequest', async (request, reply) => {
    const { origin } = clientOf(request);
    if (crossSite(request.method, request.headers, origin))
      return sendProblem(reply, fault('cross-site-request', say('gateway.cross-site')));
  });
  app.addHook('onSend', async (request, reply) => settleUnreadBody(request.raw, reply.raw));
  app.setErrorHandler((error: FastifyError | PlatformError, request, reply) => {
    if (error instanceof PlatformError) return sendProblem(reply, error.toFault());
    if ((error.statusCode ?? 500) < 500) {
      // A client's mistake: worth a line to whoever looks for it, and no more.
      log.debug({ client: request.raw.socket.remoteAddress, error: error.message }, 'a request was not understood');
      return sendProblem(reply, fault('invalid-request', say('gateway.bad-request')));
    }
    log.error({ err: error }, 'the gateway could not answer');
    return sendProblem(reply, fault('internal', say('gateway.not-answered')));
  });

  const toControl = createControlProxy({ control, readBody: createBodyReader(clock), log });
  const toStorage = createUploadProxy({ member, control, clock, log });
  const uploadUrl = `${apiPrefix}/images/:id/content`;
  // Nobody need sign in to learn the protocol.
  app.options(uploadUrl, async (_request, reply) => reply.code(204).headers(uploadOptionsHeaders).send());
  app.route({
    // POST: for networks that let no PATCH through (X-HTTP-Method-Override).
    method: ['HEAD', 'PATCH', 'POST'],
    url: uploadUrl,
    handler: (request, reply) => toStorage(request, reply, clientOf(request)),
  });
  app.route({
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: `${apiPrefix}/*`,
    handler: (request, reply) => toControl(request, reply, clientOf(request)),
  });
  serveHealth(app, control, clock);
  servePages(app, options.consoleDirectory);
  return app;
}
