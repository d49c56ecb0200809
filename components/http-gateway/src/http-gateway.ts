/**
 * The Http Gateway (Http网关): the platform's one door for browsers and programs. It ends TLS, serves the console, passes REST
 * to a Control Server, uploads to a Storage Server and consoles to a node. It decides nothing itself.
 */
import { existsSync } from 'node:fs';
import type { Server } from 'node:https';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { apiPrefix } from '@zhiyun/contracts/rest';
import { type Clock, Disposables, type Logger, PlatformError, systemErrorCode } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { serveConsoles } from './console-socket.ts';
import { createControlProxy } from './control-proxy.ts';
import type { Client } from './forward-headers.ts';
import { certificateNames, type GatewayCertificate, obtainCertificate } from './gateway-certificate.ts';
import { createLiveControl, type LiveControl } from './live-control.ts';
import { fault, sendProblem } from './problem.ts';
import { crossSite } from './same-site.ts';
import { securityHeaders } from './security-headers.ts';
import { createUploadProxy } from './upload-proxy.ts';

export interface HttpGatewayOptions {
  /** Of type http-gateway; started and disposed of by this component. */
  member: Member;
  listen: { host: string; port: number };
  clock: Clock;
  /** The built console (`index.html`, `assets/`). */
  consoleDirectory: string;
  log: Logger;
  /** How long a request may wait for a Control Server to come. Default 8 s: longer than a dead one is taken for a live one. */
  patienceMs?: number;
}

export interface HttpGateway {
  /** Resolves with the port it listens on. Throws `in-use` when it cannot listen there. */
  start(): Promise<{ port: number }>;
  stop(): Promise<void>;
}

type Gateway = FastifyInstance<Server>;

function clientOf(request: FastifyRequest): Client {
  return { address: request.ip, origin: `https://${request.headers.host ?? request.host}` };
}

function servePages(app: Gateway, directory: string): void {
  const built = existsSync(join(directory, 'index.html'));
  if (built) {
    app.register(fastifyStatic, {
      root: directory,
      // Assets carry a hash in their name and never change; the page that names them must be asked for each time.
      setHeaders: (response, path) =>
        void response.header(
          'cache-control',
          path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        ),
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const { pathname } = new URL(request.url, 'https://gateway');
    const isPage = request.method === 'GET' && !pathname.startsWith('/api/') && !pathname.includes('.');
    // Every page of the console is one document; its router reads the address.
    if (built && isPage) return reply.header('cache-control', 'no-cache').sendFile('index.html');
    return sendProblem(reply, fault('not-found', `There is nothing at ${pathname}.`));
  });
}

function cannotListen({ host, port }: HttpGatewayOptions['listen'], cause: unknown): PlatformError {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program listens there already',
    EADDRNOTAVAIL: 'this machine has no such address',
    EACCES: 'ports below 1024 need root',
  };
  const reason = reasons[systemErrorCode(cause) ?? ''] ?? 'the system refused';
  return new PlatformError(
    'in-use',
    `The gateway cannot listen on ${host}:${port}: ${reason}. Choose another address with --listen HOST:PORT.`,
    { cause },
  );
}

/** Certificates are good for 90 days. */
const renewCertificateMs = 24 * 3600 * 1000;

function buildApp(
  options: HttpGatewayOptions,
  control: LiveControl,
  { key, certificate }: GatewayCertificate,
): Gateway {
  const { member, log } = options;
  const app = Fastify({
    https: { key, cert: certificate, minVersion: 'TLSv1.2' },
    // Paths can hold a console ticket, so requests are not logged here; the Control Server keeps the audit.
    logger: false,
    requestTimeout: 0,
    bodyLimit: Number.MAX_SAFE_INTEGER,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (_error, _request, reply) =>
      void sendProblem(reply, fault('invalid-request', 'The address is not well formed.')),
  });
  app.server.headersTimeout = 15_000;
  app.server.maxHeadersCount = 100;

  // Bodies pass through as streams, whatever they are.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    if (crossSite(request.method, request.headers, request.headers.host ?? request.host)) {
      return sendProblem(
        reply,
        fault('cross-site-request', 'The request came from a page of another site and was not carried out.'),
      );
    }
  });
  app.setErrorHandler((error, _request, reply) => {
    log.error({ err: error }, 'the gateway could not answer');
    return sendProblem(reply, fault('invalid-request', 'The request could not be read.'));
  });

  const toControl = createControlProxy(control, log);
  const toStorage = createUploadProxy(member, control, log);
  app.route({
    method: ['HEAD', 'PATCH', 'OPTIONS'],
    url: `${apiPrefix}/images/:id/content`,
    handler: (request, reply) => toStorage(request, reply, clientOf(request)),
  });
  app.route({
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: `${apiPrefix}/*`,
    handler: (request, reply) => toControl(request, reply, clientOf(request)),
  });
  servePages(app, options.consoleDirectory);
  return app;
}

export function createHttpGateway(options: HttpGatewayOptions): HttpGateway {
  const { member, listen, clock, log } = options;
  const control = createLiveControl({ member, clock, patienceMs: options.patienceMs ?? 8_000 });
  const ends = new Disposables();
  ends.use(member);
  return {
    async start() {
      await member.start();
      const names = certificateNames(listen.host);
      const app = buildApp(options, control, await obtainCertificate(member, names));
      ends.add(() => app.close());
      ends.use(serveConsoles(app.server, member, control, log));
      const renew = async () => {
        const { key, certificate } = await obtainCertificate(member, names);
        app.server.setSecureContext({ key, cert: certificate, minVersion: 'TLSv1.2' });
      };
      ends.use(
        clock.every(
          renewCertificateMs,
          () =>
            void renew().catch((error: Error) =>
              log.warn({ error: error.message }, 'the HTTPS certificate could not be renewed yet'),
            ),
        ),
      );
      await app.listen({ host: listen.host, port: listen.port }).catch((error: unknown) => {
        throw cannotListen(listen, error);
      });
      const address = app.server.address();
      return { port: typeof address === 'object' && address ? address.port : listen.port };
    },
    stop: () => ends[Symbol.asyncDispose](),
  };
}
