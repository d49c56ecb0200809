/** A caller and a listener of which one is of the first release: it says one version, in its own words, and takes no other. */
import { once } from 'node:events';
import http2, { type Http2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import net, { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { linkProtocol } from '@zhiyun/contracts/links';
import { PlatformError, silentLogger, systemClock } from '@zhiyun/kernel';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { Served } from '../rpc/served.ts';
import { answerFault, answerMethod } from './answer.ts';
import { Http2Session } from './http2-session.ts';

const self = { id: '00000000-0000-7000-8000-000000000001', type: 'node-client', name: 'n1' } as const;
const never = new AbortController();

async function listen(answer: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void): Promise<number> {
  const server: Http2Server = http2.createServer().on('stream', answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function dial(port: number) {
  const socket = net.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const connection = http2.connect('http://x', { createConnection: () => socket });
  onTestFinished(() => connection.destroy());
  const address = { host: '127.0.0.1', port };
  const session = new Http2Session(connection, { socket, label: 'the node', address, clock: systemClock });
  return { connection, session };
}

/** As this release answers. `spoken`: of each call. */
async function present(): Promise<{ port: number; spoken: number[] }> {
  const served = new Served();
  const spoken: number[] = [];
  const nothing = z.object({});
  const methods = {
    note: { kind: 'call', callers: ['control-server'], params: nothing, result: nothing },
    fail: { kind: 'call', callers: ['control-server'], params: nothing, result: nothing },
  } as const;
  served.serve({ server: 'node-client', methods }, {
    note: async (_: unknown, { protocol }: { protocol: number }) => {
      spoken.push(protocol);
      return {};
    },
    fail: async () => {
      throw new PlatformError('newer-version', 'of a newer release');
    },
  } as never);
  const caller = { ...self, type: 'control-server' } as const;
  const context = { caller, signal: never.signal, silentMs: () => 0 } as never;
  const port = await listen((stream, headers) => {
    const failed = (error: unknown) => answerFault(stream, error, silentLogger, Number(headers['zhiyun-protocol']));
    const answering = { served, self: self as never, context, log: silentLogger, cutOff: () => {} };
    answerMethod(stream, headers, answering).catch(failed);
  });
  return { port, spoken };
}

test('two of this release speak the newest, once they have met', async () => {
  const { port, spoken } = await present();
  const { session } = await dial(port);
  expect(session.protocol).toBe(linkProtocol.oldest);
  await session.hello({});
  expect(session.protocol).toBe(linkProtocol.newest);
  await session.call('node-client/note', {});
  expect(spoken).toEqual([linkProtocol.newest]);
  await expect(session.call('node-client/fail', {})).rejects.toMatchObject({ code: 'newer-version' });
});

test('a caller of the first release is answered as by its own', async () => {
  const { port, spoken } = await present();
  const { connection } = await dial(port);
  const ask = async (path: string) => {
    const stream = connection.request({ ':method': 'POST', ':path': path, 'zhiyun-protocol': '1' });
    stream.end('{}');
    return JSON.parse(await text(stream));
  };
  expect(await ask('/link/hello')).toMatchObject(self);
  expect(await ask('/link/node-client/note')).toEqual({});
  expect(spoken).toEqual([1]);
  // A code that it does not know would cost it the words.
  expect(await ask('/link/node-client/fail')).toMatchObject({ code: 'internal', detail: 'of a newer release' });
});

test('a listener of the first release is spoken to in its own version, and its words are understood', async () => {
  const heard: unknown[] = [];
  const port = await listen((stream, headers) => {
    heard.push(headers['zhiyun-protocol']);
    const isHello = headers[':path'] === '/link/hello';
    stream.respond({ ':status': isHello ? 200 : 500 });
    stream.end(JSON.stringify(isHello ? self : { code: 'unheard-of', detail: 'the moon is full' }));
  });
  const { session } = await dial(port);
  await session.hello({});
  expect(session.protocol).toBe(1);
  await expect(session.call('node-client/note', {})).rejects.toMatchObject({
    code: 'internal',
    message: 'the moon is full',
  });
  expect(heard).toEqual(['1', '1']);
});

test('with one that speaks nothing of ours the link is refused, both ranges named', async () => {
  const port = await listen((stream) => {
    stream.respond({ ':status': 200 });
    stream.end(JSON.stringify({ ...self, protocols: '98-99' }));
  });
  const { session } = await dial(port);
  await expect(session.hello({})).rejects.toMatchObject({
    code: 'protocol-mismatch',
    message: expect.stringMatching(/98-99 .* speaks 1-\d/),
  });
});
