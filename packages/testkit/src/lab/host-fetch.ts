/** `fetch` as if from inside a host, for tests that run outside of it; fits the typed REST client. */
import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import tls from 'node:tls';
import type { LabHost } from './lab-host.ts';

export interface HostFetchOptions {
  /** PEM of the authority that signed the server's certificate. */
  ca?: string;
}

/** Every request has a connection of its own. Throws a TypeError when there is no answer, as `fetch` does. */
export function hostFetch(host: LabHost, { ca }: HostFetchOptions = {}): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const secure = url.protocol === 'https:';
    const address = url.hostname.replace(/^\[|\]$/g, '');
    const connect = () => {
      const raw = host.connect(Number(url.port) || (secure ? 443 : 80), address);
      return secure ? tls.connect({ socket: raw, host: address, ca, ALPNProtocols: ['http/1.1'] }) : raw;
    };
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const outgoing = (secure ? https : http).request(url, {
      method: request.method,
      headers: { ...Object.fromEntries(request.headers), connection: 'close' },
      createConnection: connect,
      signal: request.signal,
    });
    outgoing.once('response', resolve);
    outgoing.once('error', (cause) =>
      reject(new TypeError(`fetch failed in ${host.name}: ${cause.message}`, { cause })),
    );
    if (request.body) pipeline(Readable.fromWeb(request.body as NodeReadableStream), outgoing).catch(reject);
    else outgoing.end();
    const answer = await promise;
    const hasBody = ![101, 204, 205, 304].includes(answer.statusCode ?? 0);
    const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, one]),
    );
    if (!hasBody) answer.resume();
    return new Response(hasBody ? (Readable.toWeb(answer) as ReadableStream<Uint8Array>) : null, {
      status: answer.statusCode ?? 0,
      headers,
    });
  };
}
