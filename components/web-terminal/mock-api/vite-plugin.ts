/** Serves the mock from Vite's own server, for `npm run dev` and for the built console under `vite preview --mode mock`. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { apiPrefix } from '@zhiyun/contracts/rest';
import type { Connect, Plugin } from 'vite';
import { WebSocketServer } from 'ws';
import { serveDisplay, serveSerial } from './consoles.ts';
import { createMockApi, type MockApi, type MockApiOptions } from './mock-api.ts';
import { outsidePrefix } from './outside.ts';

function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) if (typeof value === 'string') headers.set(name, value);
  const bodiless = incoming.method === 'GET' || incoming.method === 'HEAD';
  return new Request(new URL(incoming.url ?? '/', 'http://mock'), {
    method: incoming.method ?? 'GET',
    headers,
    signal,
    ...(bodiless ? {} : { body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, duplex: 'half' as const }),
  });
}

async function respond(response: Response, outgoing: ServerResponse, signal: AbortSignal): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (!response.body) {
    outgoing.end();
    return;
  }
  const reader = response.body.getReader();
  signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined));
  for (;;) {
    const { done, value } = await reader.read();
    if (done || signal.aborted) break;
    outgoing.write(value);
  }
  outgoing.end();
}

function middleware(api: MockApi): Connect.NextHandleFunction {
  return (incoming, outgoing, next) => {
    if (!incoming.url?.startsWith(apiPrefix) && !incoming.url?.startsWith(outsidePrefix)) return next();
    const gone = new AbortController();
    outgoing.once('close', () => gone.abort());
    api
      .fetch(toRequest(incoming, gone.signal))
      .then((response) => respond(response, outgoing, gone.signal))
      .catch((error: unknown) => {
        if (!gone.signal.aborted) next(error);
      });
  };
}

function serveConsoles(server: Server, api: MockApi): void {
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    const match = /\/consoles\/(display|serial)\/(.+)$/.exec(request.url ?? '');
    // Vite's own socket is somebody else's.
    if (!match) return;
    const { tickets } = api.world.db;
    const index = tickets.findIndex(({ ticket, kind }) => ticket === match[2] && kind === match[1]);
    const [ticket] = index < 0 ? [] : tickets.splice(index, 1);
    if (!ticket) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on(
        'close',
        api.world.openedConsole(() => webSocket.terminate()),
      );
      if (ticket.kind === 'display')
        serveDisplay(webSocket, ticket.instanceName, (keysym) => api.world.keys.push(keysym));
      else serveSerial(webSocket, ticket.instanceName);
    });
  });
}

export function mockApi(options: MockApiOptions = {}): Plugin {
  return {
    name: 'zhiyun-mock-api',
    configureServer({ middlewares, httpServer }) {
      const api = createMockApi(options);
      middlewares.use(middleware(api));
      if (httpServer) serveConsoles(httpServer as Server, api);
    },
    configurePreviewServer({ middlewares, httpServer }) {
      const api = createMockApi(options);
      middlewares.use(middleware(api));
      serveConsoles(httpServer as Server, api);
    },
  };
}
