/** The gateway between a real TLS client and peers in memory: a Control Server, a Storage Server and a node of the test's own. */
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request as secureRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ComponentId, ImageId, InstanceId, UserId } from '@zhiyun/contracts';
import { controlServerLink, dataServerLink, type LinkTable, nodeClientLink } from '@zhiyun/contracts/links';
import { problemCodeHeader } from '@zhiyun/contracts/rest';
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
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createHttpGateway, type HttpGateway } from './http-gateway.ts';

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
const goodTicket = 'ticket-0123456789abcdef';

let members: Member[];
let gateway: HttpGateway;
let gatewayMember: Member;
let port: number;
let ca: string;
let consoleDirectory: string;
let nodeId: ComponentId;
let storageServerId: ComponentId;
let domain: MemoryDomain;
/** What the Control Servers were asked. */
let heard: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
/** So many requests are heard and then never answered. */
let dropped: number;

const answerRest: PlainHandler = (request, response) => {
  void text(request).then((body) => {
    heard.push({ method: request.method, url: request.url, headers: request.headers, body });
    if (dropped-- > 0) return response.stream.close();
    response.writeHead(200, { 'content-type': 'application/json', 'x-from': 'control' });
    response.end('{"fine":true}');
  });
};

beforeEach(async () => {
  heard = [];
  dropped = 0;
  consoleDirectory = await mkdtemp(join(tmpdir(), 'zhiyun-gateway-'));
  await mkdir(join(consoleDirectory, 'assets'));
  await writeFile(join(consoleDirectory, 'index.html'), '<title>console</title>');
  await writeFile(join(consoleDirectory, 'assets', 'a-1.js'), 'export {};');
  const authority = await createAuthority('test');
  ca = authority.certificate;

  domain = createMemoryDomain();
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
  storageServerId = storage.id;
  storage.mount('/uploads', ['http-gateway'], (request, response) => {
    void text(request).then((body) => {
      response.writeHead(204, {
        'x-seen': JSON.stringify([request.url, request.headers.authorization ?? null, body.length]),
      });
      response.end();
    });
  });

  const node = domain.join({ type: 'node-client', name: 'node' });
  nodeId = node.id;
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

  const control = domain.join({ type: 'control-server', name: 'control' });
  control.serve(
    controlServerLink,
    handlers(controlServerLink, {
      redeemTicket: async ({ ticket }) => {
        if (ticket !== goodTicket)
          throw new PlatformError('ticket-invalid', 'The ticket is unknown, used or expired; ask for a new one.');
        return { instanceId: newId<InstanceId>(), nodeId, userId: newId<UserId>() };
      },
      authorizeUpload: async ({ authorization }) => {
        if (authorization !== 'Bearer good') throw new PlatformError('not-authenticated', 'Sign in first.');
        return { storageServerId };
      },
    }),
  );
  control.mount('/api/v1', ['http-gateway'], answerRest);

  gatewayMember = domain.join({ type: 'http-gateway', name: 'gateway' });
  members = [data, storage, node, control];
  for (const each of members) await each.start();
  gateway = createHttpGateway({
    member: gatewayMember,
    listen: { host: '127.0.0.1', port: 0 },
    consoleDirectory,
    clock: systemClock,
    log: silentLogger,
    patienceMs: 300,
  });
  ({ port } = await gateway.start());
});

afterEach(async () => {
  await gateway?.stop();
  for (const member of members.reverse()) await member[Symbol.asyncDispose]();
  await rm(consoleDirectory, { recursive: true });
});

async function ask(path: string, options: RequestOptions & { body?: string } = {}) {
  const { body, ...rest } = options;
  const request = secureRequest({ host: '127.0.0.1', port, ca, path, ...rest });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

test('REST reaches a Control Server with the client named by us alone', async () => {
  const answer = await ask('/api/v1/instances?limit=5', {
    headers: { 'x-zhiyun-client-address': '8.8.8.8', 'x-zhiyun-origin': 'https://evil' },
  });
  expect(answer).toMatchObject({ status: 200, body: '{"fine":true}' });
  expect(answer.headers['x-from']).toBe('control');
  expect(heard[0]).toMatchObject({
    method: 'GET',
    url: '/api/v1/instances?limit=5',
    headers: { 'x-zhiyun-client-address': '127.0.0.1', 'x-zhiyun-origin': `https://127.0.0.1:${port}` },
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
  const second = domain.join({ type: 'control-server', name: 'control-2' });
  second.mount('/api/v1', ['http-gateway'], answerRest);
  members.push(second);
  await second.start();
  await vi.waitUntil(() => gatewayMember.onlinePeers('control-server').length === 2);
  dropped = 1;
  const answer = await ask(path, { method });
  expect(heard).toHaveLength(times);
  expect(answer.status).toBe(times === 2 ? 200 : 503);
  if (times === 1) expect(JSON.parse(answer.body).detail).toContain('carried out or not');
  if (times === 2) expect(heard[1]?.headers['idempotency-key']).toBe(heard[0]?.headers['idempotency-key']);
});

test('a deletion whose answer was lost, and which finds nothing the second time, has been carried out', async () => {
  const second = domain.join({ type: 'control-server', name: 'control-2' });
  let times = 0;
  const forgetful: PlainHandler = (_request, response) => {
    if (times++ === 0) return response.stream.close();
    response.writeHead(404).end('{}');
  };
  second.mount('/api/v1', ['http-gateway'], forgetful);
  members.push(second);
  await second.start();
  await vi.waitUntil(() => gatewayMember.onlinePeers('control-server').length === 2);
  await members[3]?.[Symbol.asyncDispose]();
  await vi.waitUntil(() => gatewayMember.onlinePeers('control-server').length === 1);
  expect((await ask('/api/v1/join-tokens/1', { method: 'DELETE' })).status).toBe(204);
  expect(times).toBe(2);
});

test.each(['database-unavailable', 'unavailable'])('one that says %s is passed over', async (code) => {
  const second = domain.join({ type: 'control-server', name: 'control-2' });
  let asked = 0;
  second.mount('/api/v1', ['http-gateway'], (_request, response) => {
    asked++;
    response.writeHead(503, { [problemCodeHeader]: code });
    response.end(JSON.stringify({ code, detail: 'Not just now.' }));
  });
  members.push(second);
  await second.start();
  await vi.waitUntil(() => gatewayMember.onlinePeers('control-server').length === 2);
  for (let index = 0; index < 4; index++) expect((await ask('/api/v1/system')).status).toBe(200);
  expect(asked).toBeGreaterThan(0);
  await members[3]?.[Symbol.asyncDispose]();
  await vi.waitUntil(() => gatewayMember.onlinePeers('control-server').length === 1);
  const last = code === 'unavailable' ? 'control-unreachable' : code;
  expect(JSON.parse((await ask('/api/v1/system')).body)).toMatchObject({ code: last, status: 503 });
});

test('a request waits for a Control Server that is about to come', async () => {
  await members[3]?.[Symbol.asyncDispose]();
  await vi.waitUntil(() => gatewayMember.onlinePeers('control-server').length === 0);
  const asking = ask('/api/v1/system');
  const second = domain.join({ type: 'control-server', name: 'control-2' });
  second.mount('/api/v1', ['http-gateway'], answerRest);
  members.push(second);
  await second.start();
  expect((await asking).status).toBe(200);
});

test('an address that is not well formed is refused as a problem', async () => {
  const answer = await ask('/api/v1/instances/%');
  expect(JSON.parse(answer.body)).toMatchObject({ status: 400, code: 'invalid-request' });
});

test('what begins an operation carries an idempotency key, the own one where there is one', async () => {
  await ask('/api/v1/instances', { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } });
  await ask('/api/v1/instances', {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'mine' },
  });
  expect(heard.map(({ body }) => body)).toEqual(['{"a":1}', '{}']);
  expect(heard[0]?.headers['idempotency-key']).toMatch(/^gateway-/);
  expect(heard[1]?.headers['idempotency-key']).toBe('mine');
});

test('a body too large for REST is refused before it is passed on', async () => {
  const answer = await ask('/api/v1/instances', {
    method: 'POST',
    body: 'x'.repeat(1024 * 1024 + 1),
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(413);
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'payload-too-large' });
  expect(answer.headers.connection).toBe('close');
  expect(heard).toEqual([]);
});

test('another site can change nothing', async () => {
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }, { origin: 'null' }]) {
    const answer = await ask('/api/v1/instances', { method: 'POST', headers });
    expect(JSON.parse(answer.body), JSON.stringify(headers)).toMatchObject({ status: 403, code: 'cross-site-request' });
  }
  expect(heard).toEqual([]);
  expect(
    (
      await ask('/api/v1/instances', {
        method: 'POST',
        headers: { origin: `https://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' },
      })
    ).status,
  ).toBe(200);
});

test('without a Control Server the answer says so', async () => {
  await members[3]?.[Symbol.asyncDispose]();
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
  const socket = new WebSocket(`wss://127.0.0.1:${port}/api/v1/consoles/serial/${ticket}`, { ca, headers });
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

test('a wrong ticket and a foreign page are refused', async () => {
  expect((await openConsole('ticket-ffffffffffffffff')).refused).toBe(403);
  expect((await openConsole(goodTicket, { origin: 'https://evil.example' })).refused).toBe(403);
});

test('a taken port is said with the way out', async () => {
  const member = domain.join({ type: 'http-gateway', name: 'second' });
  const second = createHttpGateway({
    member,
    listen: { host: '127.0.0.1', port },
    consoleDirectory,
    clock: systemClock,
    log: silentLogger,
  });
  await expect(second.start()).rejects.toThrow(
    'another program listens there already. Choose another address with --listen',
  );
  await second.stop();
});
