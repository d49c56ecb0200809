/** A gateway that really listens, between a TLS client and peers in memory: Control Server, Storage Server and node of the test's own. */
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request as secureRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect, type TLSSocket } from 'node:tls';
import type { ComponentId, InstanceId, UserId } from '@zhiyun/contracts';
import { controlServerLink, dataServerLink, type LinkTable, nodeClientLink } from '@zhiyun/contracts/links';
import { newId, PlatformError, silentLogger, systemClock } from '@zhiyun/kernel';
import {
  createAuthority,
  createMemoryDomain,
  type LinkHandlers,
  type Member,
  type MemoryDomain,
  type PlainHandler,
  signServerCertificate,
} from '@zhiyun/link';
import { createHttpGateway, type HttpGatewayOptions } from '../http-gateway.ts';

const unused = async () => {
  throw new PlatformError('internal', 'not part of this test');
};
/** A whole table of handlers of which this test calls only `some`. */
function handlers<T extends LinkTable>(table: T, some: Partial<LinkHandlers<T>>): LinkHandlers<T> {
  return {
    ...Object.fromEntries(Object.keys(table.methods).map((name) => [name, unused])),
    ...some,
  } as unknown as LinkHandlers<T>;
}

export const goodTicket = 'ticket-0123456789abcdef';
export const signedIn = { authorization: 'Bearer good', 'content-type': 'application/json' };

/** What a Control Server was asked. */
export interface Heard {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface GatewayStage extends AsyncDisposable {
  readonly domain: MemoryDomain;
  readonly gatewayMember: Member;
  readonly control: Member;
  readonly port: number;
  readonly ca: string;
  readonly consoleDirectory: string;
  readonly storageServerId: ComponentId;
  readonly heard: Heard[];
  /** Sessions that the Control Server says have ended. */
  readonly endedSessions: Set<string>;
  /** So many requests are heard and then never answered. */
  dropped: number;
  /** Answers a REST request that is not dropped. Default: `{"fine":true}`. */
  rest: PlainHandler;
  /** At `/uploads` of the Storage Server. Default: reads everything, 204. */
  uploads: PlainHandler;
  /** Of the Control Server; thrown by `ready`. */
  notReady: PlatformError | undefined;
  readonly answerRest: PlainHandler;
  add(member: Member): void;
  ask(path: string, options?: RequestOptions & { body?: string }): Promise<Answer>;
  /** A bare TLS connection that speaks what the test writes. */
  connect(protocols?: string[]): Promise<TLSSocket>;
}

export interface Answer {
  status: number | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}

export async function startGatewayStage(options: Partial<HttpGatewayOptions> = {}): Promise<GatewayStage> {
  const consoleDirectory = await mkdtemp(join(tmpdir(), 'zhiyun-gateway-'));
  await mkdir(join(consoleDirectory, 'assets'));
  await writeFile(join(consoleDirectory, 'index.html'), '<title>console</title>');
  await writeFile(join(consoleDirectory, 'pages.json'), '["/","/login","/instances","/instances/:id/:tab?","/images"]');
  await writeFile(join(consoleDirectory, 'assets', 'a-1.js'), 'export {};');
  await writeFile(join(consoleDirectory, 'assets', 'a-1.js.br'), 'brotli');
  await writeFile(join(consoleDirectory, 'assets', 'a-1.js.gz'), 'gzip');
  const authority = await createAuthority('test');
  const ca = authority.certificate;

  const domain = createMemoryDomain();
  const data = domain.join({ type: 'data-server', name: 'data' });
  data.serve(
    dataServerLink,
    handlers(dataServerLink, {
      issueGatewayCertificate: async ({ certificateRequest, names }) => ({
        certificate: await signServerCertificate(authority, certificateRequest, names, Date.now()),
        caCertificate: authority.certificate,
      }),
    }),
  );
  const storage = domain.join({ type: 'storage-server', name: 'storage' });
  storage.mount('/uploads', ['http-gateway'], (...parameters) => stage.uploads(...parameters));
  const node = domain.join({ type: 'node-client', name: 'node' });
  node.serve(
    nodeClientLink,
    handlers(nodeClientLink, {
      serial: async (_params, bytes) => {
        bytes.write('past ');
        for await (const part of bytes) bytes.write(`[${part}]`);
        bytes.end();
      },
    }),
  );
  const requireGood = ({ authorization }: { authorization?: string | undefined }) => {
    if (authorization !== 'Bearer good') throw new PlatformError('not-authenticated', 'Sign in first.');
  };
  const control = domain.join({ type: 'control-server', name: 'control' });
  control.serve(
    controlServerLink,
    handlers(controlServerLink, {
      redeemTicket: async ({ ticket }) => {
        if (ticket !== goodTicket)
          throw new PlatformError('ticket-invalid', 'The ticket is unknown, used or expired; ask for a new one.');
        return { instanceId: newId<InstanceId>(), nodeId: node.id, userId: newId<UserId>(), sessionId: 'session-1' };
      },
      endedConsoles: async ({ sessionIds }) => ({ ended: sessionIds.filter((id) => stage.endedSessions.has(id)) }),
      admitRequest: async (bearer) => {
        requireGood(bearer);
        return {};
      },
      ready: async () => {
        if (stage.notReady) throw stage.notReady;
        return {};
      },
      authorizeUpload: async (bearer) => {
        requireGood(bearer);
        return { storageServerId: storage.id };
      },
    }),
  );
  const answerRest: PlainHandler = (request, response, context) => {
    void text(request).then((body) => {
      stage.heard.push({ method: request.method, url: request.url, headers: request.headers, body });
      if (stage.dropped-- > 0) return response.stream.close();
      return stage.rest(request, response, context);
    });
  };
  control.mount('/api/v1', ['http-gateway'], answerRest);
  const gatewayMember = domain.join({ type: 'http-gateway', name: 'gateway' });
  const members = [data, storage, node, control];
  for (const each of members) await each.start();
  const gateway = createHttpGateway({
    member: gatewayMember,
    listen: { host: '127.0.0.1', port: 0 },
    consoleDirectory,
    clock: systemClock,
    log: silentLogger,
    patienceMs: 300,
    ...options,
  });
  const { port } = await gateway.start();

  const stage: GatewayStage = {
    domain,
    gatewayMember,
    control,
    port,
    ca,
    consoleDirectory,
    storageServerId: storage.id,
    heard: [],
    endedSessions: new Set(),
    dropped: 0,
    notReady: undefined,
    answerRest,
    rest(_request, response) {
      response.writeHead(200, { 'content-type': 'application/json', 'x-from': 'control' });
      response.end('{"fine":true}');
    },
    uploads(request, response) {
      void text(request).then((body) => {
        const seen = [request.url, request.headers.authorization ?? null, body.length];
        response.writeHead(204, { 'x-seen': JSON.stringify(seen) });
        response.end();
      });
    },
    add: (member) => void members.push(member),
    async ask(path, { body, ...rest } = {}) {
      const request = secureRequest({ host: '127.0.0.1', port, ca, path, ...rest });
      request.end(body);
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      return { status: response.statusCode, headers: response.headers, body: await text(response) };
    },
    async connect(protocols = ['http/1.1']) {
      const socket = connect({ host: '127.0.0.1', port, ca, ALPNProtocols: protocols, servername: 'localhost' });
      await once(socket, 'secureConnect');
      return socket;
    },
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      for (const member of members.reverse()) await member[Symbol.asyncDispose]();
      await rm(consoleDirectory, { recursive: true });
    },
  };
  return stage;
}
