/** Whatever comes in, the answer has one shape: a problem where it is refused, and the security headers always. */
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { text } from 'node:stream/consumers';
import { PlatformError } from '@zhiyun/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayStage, startGatewayStage } from './testing/gateway-stage.ts';

let stage: GatewayStage;
beforeAll(async () => {
  stage = await startGatewayStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

/** All that the server says to these bytes until it ends the connection, or answers whole. */
async function say(words: string): Promise<{ status: number; head: string; body: string }> {
  const socket = await stage.connect();
  socket.write(words);
  const said = await text(socket);
  const [head = '', body = ''] = said.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body };
}

function expectProblem(answer: { status: number; head: string; body: string }, status: number, code: string): void {
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({ status, code });
  expect(answer.head).toContain('content-type: application/problem+json');
  expect(answer.head).toContain('x-content-type-options: nosniff');
  expect(answer.head).toContain("content-security-policy: default-src 'none'");
  expect(answer.head).toContain('strict-transport-security');
}

describe('over HTTP/1.1', () => {
  it.each([
    ['nonsense', 'GET / HTTX/1.1\r\n\r\n', 400, 'invalid-request'],
    ['a method nobody knows', 'FROB / HTTP/1.1\r\nhost: a\r\n\r\n', 405, 'method-not-allowed'],
    ['a method we do not take', 'TRACE / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', 405, 'method-not-allowed'],
    ['CONNECT', 'CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n', 405, 'method-not-allowed'],
    [
      'two lengths',
      'POST /api/v1/sessions HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'invalid-request',
    ],
    ['headers too large', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
    ['no host', 'GET / HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'invalid-request'],
    ['a host that is none', 'GET / HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n', 400, 'invalid-request'],
    [
      'an expectation that cannot be met',
      'POST /api/v1/sessions HTTP/1.1\r\nhost: a\r\nexpect: tea\r\ncontent-length: 0\r\nconnection: close\r\n\r\n',
      417,
      'expectation-failed',
    ],
    [
      'a broken path',
      'GET /api/v1/instances/% HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
      400,
      'invalid-request',
    ],
    ['two slashes', 'GET //a HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', 400, 'invalid-request'],
    ['nothing', 'GET /nothing HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', 404, 'not-found'],
    ['a page written to', 'POST /images HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', 405, 'method-not-allowed'],
    [
      'a WebSocket nowhere',
      'GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
      404,
      'not-found',
    ],
  ])('%s', async (_, words, status, code) => {
    expectProblem(await say(words), status, code);
  });

  it('a row of the table that is asked otherwise says what it takes', async () => {
    const answer = await say('TRACE /api/v1/instances HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    expect(answer.head).toMatch(/allow: .*get/);
  });
});

it('a method nobody knows is 405 over HTTP/2, too', async () => {
  const session = connectHttp2(`https://127.0.0.1:${stage.port}`, { ca: stage.ca });
  try {
    const stream = session.request({ ':method': 'FROB', ':path': '/' });
    const [headers] = await once(stream, 'response');
    expect(headers[':status']).toBe(405);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(JSON.parse(await text(stream))).toMatchObject({ code: 'method-not-allowed' });
  } finally {
    session.destroy();
  }
});

describe('what is not there', () => {
  it.each(['/metrics', '/docs/api', '/favicon.png', '/instances/1/2/3', '/pages.json', '/.vite/manifest.json'])(
    '%s is 404 to a program',
    async (path) => {
      const answer = await stage.ask(path);
      expect(answer.status).toBe(404);
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'not-found' });
    },
  );

  it('is the console with 404 to a person', async () => {
    const answer = await stage.ask('/instancez', { headers: { accept: 'text/html,*/*' } });
    expect(answer).toMatchObject({ status: 404, body: '<title>console</title>' });
  });
});

describe('health', () => {
  it('is whether this process answers, readiness whether a request can be served', async () => {
    expect(await stage.ask('/healthz')).toMatchObject({ status: 200, body: '{"status":"ok"}' });
    expect(await stage.ask('/readyz')).toMatchObject({ status: 200, body: '{"status":"ready"}' });
  });

  it('says when the database is away', async () => {
    const away = await startGatewayStage();
    away.notReady = new PlatformError('database-unavailable', 'The database cannot be reached.');
    try {
      const answer = await away.ask('/readyz');
      expect(answer.status).toBe(503);
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'database-unavailable' });
      expect((await away.ask('/healthz')).status).toBe(200);
    } finally {
      await away[Symbol.asyncDispose]();
    }
  });
});

describe('plain HTTP on the TLS port', () => {
  async function sayPlain(words: string): Promise<string> {
    const socket = connectTcp(stage.port, '127.0.0.1');
    socket.write(words);
    return await text(socket);
  }

  it('is sent to the address with https', async () => {
    const said = await sayPlain('GET /instances?state=running HTTP/1.1\r\nHost: cloud.example:8443\r\n\r\n');
    expect(said).toMatch(/^HTTP\/1\.1 301 /);
    expect(said).toMatch(/location: https:\/\/cloud\.example:8443\/instances\?state=running\r\n/i);
  });

  it('is not led on with what could be a secret', async () => {
    const said = await sayPlain('POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}');
    expect(said).toMatch(/^HTTP\/1\.1 400 /);
    expect(said).toContain('https://');
    expect(stage.heard).toEqual([]);
  });
});
