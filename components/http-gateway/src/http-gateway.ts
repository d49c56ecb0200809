/**
 * The Http Gateway (Http网关): the platform's single entry point. It terminates TLS, serves the console, and proxies REST
 * to a Control Server, uploads to a Storage Server and consoles to a node. It makes no decisions of its own.
 */
import { type Clock, Disposables, type Logger, PlatformError, systemErrorCode } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';
import { createClientReader, type ProxyOptions } from './client.ts';
import { serveConsoles } from './console-socket.ts';
import { guardDoor } from './front-door.ts';
import { buildGatewayApp } from './gateway-app.ts';
import { certificateNames, keepCertificate, obtainCertificate } from './gateway-certificate.ts';
import { createLiveControl } from './live-control.ts';
import { tlsOptions } from './secure-server.ts';

export interface HttpGatewayOptions extends ProxyOptions {
  /** Of type http-gateway; started and disposed of by this component. */
  member: Member;
  listen: { host: string; port: number };
  clock: Clock;
  /** The built console (`index.html`, `pages.json`, `assets/`). */
  consoleDirectory: string;
  log: Logger;
  /** How long a request may wait for a Control Server. Default 8 s: longer than the failure detection of a dead one. */
  patienceMs?: number;
}

export interface HttpGateway {
  /** Resolves with the port it listens on. Throws `in-use` when it cannot listen there. */
  start(): Promise<{ port: number }>;
  stop(): Promise<void>;
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

export function createHttpGateway(options: HttpGatewayOptions): HttpGateway {
  const { member, listen, clock, log, consoleDirectory, publicUrl, patienceMs = 8_000 } = options;
  const control = createLiveControl({ member, clock, patienceMs });
  const clients = createClientReader(options);
  const ends = new Disposables();
  ends.use(member);
  return {
    async start() {
      await member.start();
      const names = () => certificateNames({ listenHost: listen.host, publicUrl });
      const obtain = (wanted: readonly string[]) => obtainCertificate(member, wanted);
      const certificate = await obtain(names());
      const app = buildGatewayApp({ member, control, clients, certificate, consoleDirectory, clock, log });
      const { server } = app;
      const door = guardDoor(server, clients.isProxy);
      ends.add(async () => {
        const closed = app.close();
        door.closeAll();
        await closed;
      });
      ends.use(serveConsoles(server, { member, control, clients, clock, log }));
      const use = (renewed: typeof certificate) => server.setSecureContext(tlsOptions(renewed));
      ends.use(keepCertificate({ certificate, names, obtain, use, clock, log }));
      await app.listen({ host: listen.host, port: listen.port }).catch((error: unknown) => {
        throw cannotListen(listen, error);
      });
      const address = server.address();
      return { port: typeof address === 'object' && address ? address.port : listen.port };
    },
    stop: () => ends[Symbol.asyncDispose](),
  };
}
