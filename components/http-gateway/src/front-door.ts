/**
 * Demultiplexes connections by their first byte: TLS goes to the server, plain HTTP is redirected to https. Silent
 * connections time out, and connections per address are limited.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import { say } from '@zhiyun/contracts';
import { originOf, plainAddress } from './client.ts';
import { PerAddress } from './per-address.ts';
import { fault, writeProblem } from './problem.ts';

/** TLS record type «handshake». */
const tlsHandshake = 0x16;
export const firstByteMs = 10_000;
/** Limit per address. HTTP/1.1 browsers open six, HTTP/2 one; more is a whole office behind NAT, or an attack. */
export const connectionsPerAddress = 512;

export interface FrontDoor {
  /** Closes every connection, in any state. */
  closeAll(): void;
}

/** Guards `server`, which listens itself. `isProxy`: exempt from the limit, as it speaks for many. */
export function guardDoor(server: Http2SecureServer, isProxy: (address: string) => boolean): FrontDoor {
  const plain = createPlainServer();
  const open = new Set<Socket>();
  const counted = new PerAddress(connectionsPerAddress);
  const toTls = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? '');
    const giveBack = isProxy(address) ? () => {} : counted.take(address);
    if (!giveBack) return void socket.destroy();
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      giveBack();
    });
    whenFirstByte(socket, (byte) => {
      if (byte !== tlsHandshake) plain.emit('connection', socket);
      else for (const listener of toTls) listener.call(server, socket);
    });
  });
  return {
    closeAll() {
      for (const socket of open) socket.destroy();
      plain.close();
    },
  };
}

function whenFirstByte(socket: Socket, then: (byte: number) => void): void {
  const onError = () => socket.destroy();
  const onSilence = () => socket.destroy();
  const onReadable = () => {
    const chunk = socket.read() as Buffer | null;
    if (!chunk) return;
    socket.off('readable', onReadable).off('error', onError).off('timeout', onSilence).setTimeout(0);
    socket.unshift(chunk);
    then(chunk[0] ?? 0);
  };
  socket.on('error', onError).on('readable', onReadable).setTimeout(firstByteMs, onSilence);
}

function createPlainServer() {
  return createServer(
    { headersTimeout: firstByteMs, requestTimeout: firstByteMs, requireHostHeader: false },
    sendToHttps,
  );
}

/** A request that may carry a secret is refused instead of redirected. */
function sendToHttps(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('connection', 'close');
  const origin = originOf(`https://${request.headers.host ?? ''}`);
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (origin === undefined) writeProblem(response, fault('invalid-request', say('gateway.bad-host')));
  else if (!reads) writeProblem(response, fault('invalid-request', say('gateway.use-https')));
  else {
    const path = request.url?.startsWith('/') ? request.url : '/';
    response.writeHead(301, { location: origin + path, 'content-length': 0 }).end();
  }
}
