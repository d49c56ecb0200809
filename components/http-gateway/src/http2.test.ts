/** HTTP/2 where the client speaks it, HTTP/1.1 where not, and what is worth it compressed. */
import { once } from 'node:events';
import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from 'node:http2';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { newId } from '@zhiyun/kernel';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { compressed, takesGzip } from './compress.ts';
import { type GatewayStage, signedIn, startGatewayStage } from './testing/gateway-stage.ts';

let stage: GatewayStage;
let session: ClientHttp2Session;
beforeEach(async () => {
  stage = await startGatewayStage();
  session = connect(`https://127.0.0.1:${stage.port}`, { ca: stage.ca });
});
afterEach(async () => {
  session.destroy();
  await stage[Symbol.asyncDispose]();
});

async function ask(headers: OutgoingHttpHeaders, body?: Buffer | string) {
  const stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  const [answer] = await once(stream, 'response');
  return { status: answer[':status'], headers: answer, body: await buffer(stream) };
}

test('both versions are offered, and a client that knows neither name gets the older one', async () => {
  for (const [offered, chosen] of [
    [['h2', 'http/1.1'], 'h2'],
    [['http/1.1'], 'http/1.1'],
  ] as const) {
    const socket = await stage.connect([...offered]);
    expect(socket.alpnProtocol).toBe(chosen);
    socket.destroy();
  }
});

test('many requests share a connection, with bodies and without', async () => {
  const answers = await Promise.all([
    ...Array.from({ length: 20 }, () => ask({ ':path': '/api/v1/instances', ...signedIn })),
    ...Array.from({ length: 20 }, () =>
      ask({ ':path': '/api/v1/instances', ':method': 'POST', ...signedIn }, '{"a":1}'),
    ),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(Array(40).fill(200));
  expect(stage.heard[0]?.headers['x-zhiyun-origin']).toBe(`https://127.0.0.1:${stage.port}`);
  expect(new Set(stage.heard.map(({ body }) => body))).toEqual(new Set(['', '{"a":1}']));
});

test('an upload larger than any window arrives whole, and one that is refused ends its stream only', async () => {
  const path = `/api/v1/images/${newId()}/content`;
  const bytes = Buffer.alloc(20 * 1024 * 1024, 7);
  const answer = await ask({ ':path': path, ':method': 'PATCH', ...signedIn }, bytes);
  expect(JSON.parse(String(answer.headers['x-seen']))[2]).toBe(bytes.length);
  stage.uploads = (_request, response) => {
    response.writeHead(409);
    response.end();
  };
  const refused = session.request({ ':path': path, ':method': 'PATCH', ...signedIn });
  refused.on('error', () => {});
  refused.write(bytes.subarray(0, 4 * 1024 * 1024));
  const [headers] = await once(refused, 'response');
  expect(headers[':status']).toBe(409);
  refused.resume();
  await once(refused, 'close');
  expect((await ask({ ':path': '/api/v1/system' })).status).toBe(200);
});

test('a client that goes away is noticed', async () => {
  let isGone = false;
  stage.rest = (request, response) => {
    request.stream.once('close', () => {
      isGone = true;
    });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': hello\n\n');
  };
  const stream = session.request({ ':path': '/api/v1/events', ...signedIn });
  const [first] = await once(stream, 'data');
  expect(String(first)).toContain('hello');
  stream.close();
  await expect.poll(() => isGone).toBe(true);
});

test('an upload address tells its protocol to anybody', async () => {
  const answer = await ask({ ':path': `/api/v1/images/${newId()}/content`, ':method': 'OPTIONS' });
  expect(answer.status).toBe(204);
  expect(answer.headers).toMatchObject({ 'tus-version': '1.0.0', allow: 'HEAD, PATCH, OPTIONS' });
  expect(answer.headers['tus-extension']).toBeUndefined();
});

test('files of the console come as their build has compressed them', async () => {
  const get = async (accept?: string) => {
    const answer = await ask({ ':path': '/assets/a-1.js', ...(accept && { 'accept-encoding': accept }) });
    return [answer.headers['content-encoding'], String(answer.body), answer.headers.vary];
  };
  expect(await get('gzip, br')).toEqual(['br', 'brotli', 'accept-encoding']);
  expect(await get('gzip')).toEqual(['gzip', 'gzip', 'accept-encoding']);
  expect((await get()).slice(0, 2)).toEqual([undefined, 'export {};']);
});

describe('JSON of the API', () => {
  const long = JSON.stringify({ items: Array.from({ length: 500 }, (_, number) => ({ number, name: 'instance' })) });

  it.each([undefined, String(Buffer.byteLength(long))])(
    'is compressed, its length said or not (%s)',
    async (length) => {
      stage.rest = (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', ...(length && { 'content-length': length }) });
        response.end(long);
      };
      const answer = await ask({ ':path': '/api/v1/instances', 'accept-encoding': 'br, gzip', ...signedIn });
      expect(answer.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
      expect(answer.body.length).toBeLessThan(long.length / 5);
      expect(String(gunzipSync(answer.body))).toBe(long);
      const plain = await stage.ask('/api/v1/instances', { headers: signedIn });
      expect([plain.headers['content-encoding'], plain.body]).toEqual([undefined, long]);
    },
  );

  it('is left alone when it is small, and so is everything else', async () => {
    const gzip = { 'accept-encoding': 'gzip' };
    const of = (type: string, body: Buffer, more: OutgoingHttpHeaders = {}) => {
      const headers: OutgoingHttpHeaders = { 'content-type': type, ...more };
      return compressed(gzip, { status: 200, headers, body }).headers['content-encoding'];
    };
    const large = Buffer.alloc(100_000, 'a');
    expect(of('application/json', large)).toBe('gzip');
    expect(of('application/problem+json', large)).toBe('gzip');
    expect(of('application/json', Buffer.from('{}'))).toBeUndefined();
    expect(of('image/png', large)).toBeUndefined();
    expect(of('text/event-stream', large)).toBeUndefined();
    expect(of('application/json', large, { 'content-encoding': 'br' })).toBe('br');
  });

  it('is compressed for whoever takes it', () => {
    expect(['gzip', 'br, gzip;q=0.5', '*', 'GZIP'].map(takesGzip)).toEqual([true, true, true, true]);
    expect([undefined, '', 'br', 'gzip;q=0', 'gzip;q=0, *'].map(takesGzip)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

test('events come one by one over HTTP/1.1, too', async () => {
  stage.rest = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n');
  };
  const socket = await stage.connect();
  socket.write('GET /api/v1/events HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\n\r\n');
  let said = '';
  socket.on('data', (part) => {
    said += part;
  });
  await expect.poll(() => said).toContain('data: 1');
  socket.destroy();
});
