/** Reaches mounted handlers by HTTP/2 in memory, so that they get the same request and response objects. */
import http2, {
  type ClientHttp2Session,
  Http2ServerRequest,
  Http2ServerResponse,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { duplexPair } from 'node:stream';
import { linkProtocol } from '@zhiyun/contracts/links';
import type { Logger } from '@zhiyun/kernel';
import { answerFault } from '../http2/answer.ts';
import type { Served } from '../rpc/served.ts';
import type { ComponentIdentity } from '../rpc/session.ts';

export function openPlainLink({
  caller,
  served,
  log,
}: {
  caller: ComponentIdentity;
  served: Served;
  log: Logger;
}): ClientHttp2Session {
  const [near, far] = duplexPair();
  const server = http2.performServerHandshake(far);
  server.on('error', (error) => log.debug({ error }, 'the plain link in memory broke'));
  server.on(
    'stream',
    (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) => {
      const ended = new AbortController();
      stream.on('error', (error) => log.debug({ error }, 'stream broke'));
      stream.once('close', () => ended.abort());
      const context = { caller, signal: ended.signal, silentMs: () => 0, protocol: linkProtocol.oldest };
      try {
        const handler = served.mounted(headers[':path'] ?? '', context);
        handler(new Http2ServerRequest(stream, headers, {}, rawHeaders), new Http2ServerResponse(stream), context);
      } catch (error) {
        answerFault(stream, error, log, linkProtocol.newest);
      }
    },
  );
  const client = http2.connect('http://memory', { createConnection: () => near });
  client.on('error', (error) => log.debug({ error }, 'the plain link in memory broke'));
  return client;
}
