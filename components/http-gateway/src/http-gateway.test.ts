import type { ImageId } from '@zhiyun/contracts';
import { problemCodeHeader } from '@zhiyun/contracts/rest';
import { newId, silentLogger, systemClock } from '@zhiyun/kernel';
import type { PlainHandler } from '@zhiyun/link';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createHttpGateway } from './http-gateway.ts';
import { type GatewayStage, goodTicket, signedIn, startGatewayStage } from './testing/gateway-stage.ts';

let stage: GatewayStage;
let ask: GatewayStage['ask'];

beforeEach(async () => {
  stage = await startGatewayStage();
  ({ ask } = stage);
});
afterEach(() => stage[Symbol.asyncDispose]());

test('REST reaches a Control Server with the client named by us alone', async () => {
  const answer = await ask('/api/v1/instances?limit=5', {
    headers: { 'x-zhiyun-client-address': '8.8.8.8', 'x-zhiyun-origin': 'https://evil' },
  });
  expect(answer).toMatchObject({ status: 200, body: '{"fine":true}' });
  expect(answer.headers['x-from']).toBe('control');
  expect(stage.heard[0]).toMatchObject({
    method: 'GET',
    url: '/api/v1/instances?limit=5',
    headers: { 'x-zhiyun-client-address': '127.0.0.1', 'x-zhiyun-origin': `https://127.0.0.1:${stage.port}` },
  });
});

test.each([
  ['GET', '/api/v1/images', 2],
  ['POST', '/api/v1/instances', 2],
  ['DELETE', '/api/v1/instances/web-1', 2],
  ['PATCH', '/api/v1/nodes/rack-1', 2],
  ['POST', '/api/v1/sessions', 2],
  ['POST', '/api/v1/users', 1],
  ['PUT', '/api/v1/users/me/password', 1],
])('%s %s, cut off under way, is heard %d time(s)', async (method, path, times) => {
  const second = stage.domain.join({ type: 'control-server', name: 'control-2' });
  second.mount('/api/v1', ['http-gateway'], stage.answerRest);
  stage.add(second);
  await second.start();
  await vi.waitUntil(() => stage.gatewayMember.onlinePeers('control-server').length === 2);
  stage.dropped = 1;
  const answer = await ask(path, { method });
  expect(stage.heard).toHaveLength(times);
  expect(answer.status).toBe(times === 2 ? 200 : 503);
  if (times === 1) expect(JSON.parse(answer.body).detail).toContain('carried out or not');
  if (times === 2) expect(stage.heard[1]?.headers['idempotency-key']).toBe(stage.heard[0]?.headers['idempotency-key']);
});

test('a deletion whose answer was lost, and which finds nothing the second time, has been carried out', async () => {
  const second = stage.domain.join({ type: 'control-server', name: 'control-2' });
  let times = 0;
  const forgetful: PlainHandler = (_request, response) => {
    if (times++ === 0) return response.stream.close();
    response.writeHead(404).end('{}');
  };
  second.mount('/api/v1', ['http-gateway'], forgetful);
  stage.add(second);
  await second.start();
  await vi.waitUntil(() => stage.gatewayMember.onlinePeers('control-server').length === 2);
  await stage.control[Symbol.asyncDispose]();
  await vi.waitUntil(() => stage.gatewayMember.onlinePeers('control-server').length === 1);
  expect((await ask('/api/v1/join-tokens/1', { method: 'DELETE' })).status).toBe(204);
  expect(times).toBe(2);
});

test.each(['database-unavailable', 'unavailable'])('one that says %s is passed over', async (code) => {
  const second = stage.domain.join({ type: 'control-server', name: 'control-2' });
  let asked = 0;
  second.mount('/api/v1', ['http-gateway'], (_request, response) => {
    asked++;
    response.writeHead(503, { [problemCodeHeader]: code });
    response.end(JSON.stringify({ code, detail: 'Not just now.' }));
  });
  stage.add(second);
  await second.start();
  await vi.waitUntil(() => stage.gatewayMember.onlinePeers('control-server').length === 2);
  for (let index = 0; index < 4; index++) expect((await ask('/api/v1/system')).status).toBe(200);
  expect(asked).toBeGreaterThan(0);
  await stage.control[Symbol.asyncDispose]();
  await vi.waitUntil(() => stage.gatewayMember.onlinePeers('control-server').length === 1);
  const last = code === 'unavailable' ? 'control-unreachable' : code;
  expect(JSON.parse((await ask('/api/v1/system')).body)).toMatchObject({ code: last, status: 503 });
});

test('a request waits for a Control Server that is about to come', async () => {
  await stage.control[Symbol.asyncDispose]();
  await vi.waitUntil(() => stage.gatewayMember.onlinePeers('control-server').length === 0);
  const asking = ask('/api/v1/system');
  const second = stage.domain.join({ type: 'control-server', name: 'control-2' });
  second.mount('/api/v1', ['http-gateway'], stage.answerRest);
  stage.add(second);
  await second.start();
  expect((await asking).status).toBe(200);
});

test('an address that is not well formed is refused as a problem', async () => {
  const answer = await ask('/api/v1/instances/%');
  expect(JSON.parse(answer.body)).toMatchObject({ status: 400, code: 'invalid-request' });
});

test('what begins an operation carries an idempotency key, the own one where there is one', async () => {
  await ask('/api/v1/instances', { method: 'POST', body: '{"a":1}', headers: signedIn });
  await ask('/api/v1/instances', {
    method: 'POST',
    body: '{}',
    headers: { ...signedIn, 'idempotency-key': 'mine' },
  });
  expect(stage.heard.map(({ body }) => body)).toEqual(['{"a":1}', '{}']);
  expect(stage.heard[0]?.headers['idempotency-key']).toMatch(/^gateway-/);
  expect(stage.heard[1]?.headers['idempotency-key']).toBe('mine');
});

test('a body too large for REST is refused before it is passed on', async () => {
  const answer = await ask('/api/v1/instances', {
    method: 'POST',
    body: 'x'.repeat(1024 * 1024 + 1),
    headers: signedIn,
  });
  expect(answer.status).toBe(413);
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'payload-too-large' });
  expect(answer.headers.connection).toBe('close');
  expect(stage.heard).toEqual([]);
});

test('another site can change nothing', async () => {
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }, { origin: 'null' }]) {
    const answer = await ask('/api/v1/instances', { method: 'POST', headers });
    expect(JSON.parse(answer.body), JSON.stringify(headers)).toMatchObject({ status: 403, code: 'cross-site-request' });
  }
  expect(stage.heard).toEqual([]);
  expect(
    (
      await ask('/api/v1/instances', {
        method: 'POST',
        headers: { origin: `https://127.0.0.1:${stage.port}`, 'sec-fetch-site': 'same-origin' },
      })
    ).status,
  ).toBe(200);
});

test('without a Control Server the answer says so', async () => {
  await stage.control[Symbol.asyncDispose]();
  const answer = await ask('/api/v1/system');
  expect(answer.status).toBe(503);
  expect(answer.headers['retry-after']).toBe('1');
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'control-unreachable' });
});

test('upload bytes go to the Storage Server, the secrets of the bearer do not', async () => {
  const id = newId<ImageId>();
  const path = `/api/v1/images/${id}/content`;
  const refused = await ask(path, { method: 'PATCH', body: 'bytes', headers: { authorization: 'Bearer bad' } });
  expect(refused.status).toBe(401);
  const answer = await ask(path, {
    method: 'PATCH',
    body: 'bytes',
    headers: { authorization: 'Bearer good', 'content-type': 'application/offset+octet-stream' },
  });
  expect(answer.status).toBe(204);
  expect(JSON.parse(String(answer.headers['x-seen']))).toEqual([`/uploads/${id}`, null, 5]);
});

test('the console is one page for every address, its assets cached for ever', async () => {
  for (const path of ['/', '/instances/1', '/images']) {
    const answer = await ask(path);
    expect(answer, path).toMatchObject({ status: 200, body: '<title>console</title>' });
    expect(answer.headers['cache-control']).toBe('no-cache');
    expect(answer.headers['content-security-policy']).toContain("script-src 'self'");
  }
  expect((await ask('/assets/a-1.js')).headers['cache-control']).toContain('immutable');
});

test('nothing outside the console can be read', async () => {
  for (const path of [
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '/assets/%00',
    '//evil.example/%2f..',
    '/api/nothing',
  ]) {
    const answer = await ask(path);
    expect([400, 403, 404], `${path} ${answer.body}`).toContain(answer.status);
  }
});

async function openConsole(
  ticket: string,
  headers: Record<string, string> = {},
): Promise<{ socket: WebSocket; refused: number | undefined }> {
  const socket = new WebSocket(`wss://127.0.0.1:${stage.port}/api/v1/consoles/serial/${ticket}`, {
    ca: stage.ca,
    headers,
  });
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  socket.once('open', () => resolve(undefined));
  socket.once('unexpected-response', (_request, response) => resolve(response.statusCode));
  socket.on('error', () => {});
  return { socket, refused: await promise };
}

test('a ticket opens a pipe of bytes to the node', async () => {
  const { socket } = await openConsole(goodTicket);
  let received = '';
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on('message', (bytes: Buffer) => {
    received += bytes.toString();
    if (received.includes('[hi]')) resolve();
  });
  socket.send('hi');
  await promise;
  expect(received).toBe('past [hi]');
  socket.terminate();
});

test('a console is closed within a second when its session ends', async () => {
  const { socket } = await openConsole(goodTicket);
  const { promise, resolve } = Promise.withResolvers<number>();
  socket.once('close', resolve);
  stage.endedSessions.add('session-1');
  expect(await promise).toBe(1008);
});

test('a wrong ticket and a foreign page are refused', async () => {
  expect((await openConsole('ticket-ffffffffffffffff')).refused).toBe(403);
  expect((await openConsole(goodTicket, { origin: 'https://evil.example' })).refused).toBe(403);
});

test('a taken port is said with the way out', async () => {
  const member = stage.domain.join({ type: 'http-gateway', name: 'second' });
  const second = createHttpGateway({
    member,
    listen: { host: '127.0.0.1', port: stage.port },
    consoleDirectory: stage.consoleDirectory,
    clock: systemClock,
    log: silentLogger,
  });
  await expect(second.start()).rejects.toThrow(
    'another program listens there already. Choose another address with --listen',
  );
  await second.stop();
});

test('behind a reverse proxy the client is who it says, and its page the platform’s own', async () => {
  const publicUrl = 'https://cloud.example';
  const proxied = await startGatewayStage({ trustedProxies: ['127.0.0.1'], publicUrl });
  try {
    const post = (headers: Record<string, string>) =>
      proxied.ask('/api/v1/instances', {
        method: 'POST',
        servername: 'localhost',
        headers: { 'x-forwarded-for': '192.0.2.7', ...headers },
      });
    const fine = [
      { host: 'cloud.example:443', origin: publicUrl },
      { host: '127.0.0.1:8443', origin: publicUrl },
      { host: '127.0.0.1:8443', origin: publicUrl, 'x-forwarded-host': 'cloud.example', 'x-forwarded-proto': 'https' },
    ];
    for (const headers of fine) expect((await post(headers)).status, JSON.stringify(headers)).toBe(200);
    for (const { headers } of proxied.heard)
      expect(headers).toMatchObject({ 'x-zhiyun-client-address': '192.0.2.7', 'x-zhiyun-origin': publicUrl });
    expect(proxied.heard[0]?.headers).not.toHaveProperty('x-forwarded-for');
    expect((await post({ host: 'cloud.example', origin: 'https://evil.example' })).status).toBe(403);
  } finally {
    await proxied[Symbol.asyncDispose]();
  }
});

test('a body of JSON is passed on with the host as browsers write it', async () => {
  const answer = await ask('/api/v1/instances', {
    method: 'POST',
    body: '{}',
    servername: 'localhost',
    headers: { ...signedIn, host: 'cloud.example:443', origin: 'https://cloud.example' },
  });
  expect(answer.status).toBe(200);
  expect(stage.heard[0]?.headers['x-zhiyun-origin']).toBe('https://cloud.example');
});
