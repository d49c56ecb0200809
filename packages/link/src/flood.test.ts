/** Peers that are of the domain and send what no component would: they are cut off, and the log says who it was. */

import { once } from 'node:events';
import http2 from 'node:http2';
import tls from 'node:tls';
import type { ComponentId } from '@zhiyun/contracts';
import type { LinkAddress } from '@zhiyun/contracts/links';
import { newId } from '@zhiyun/kernel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCertificateRequest, newPrivateKey } from './certificates/certificates.ts';
import { drained } from './http2/drained.ts';
import { type SmallDataServer, startSmallDataServer } from './testing/small-data-server.ts';
import { seen } from './testing/tables.ts';
import { listeningLogger, TestMembers } from './testing/test-member.ts';
import type { Member } from './types.ts';

let dataServer: SmallDataServer;
let members: TestMembers;
let node: Member;
let logged: ReturnType<typeof listeningLogger>;
let address: LinkAddress;
let credentials: { key: string; cert: string; rejectUnauthorized: false; ALPNProtocols: string[] };

beforeEach(async () => {
  dataServer = await startSmallDataServer();
  members = new TestMembers();
  logged = listeningLogger();
  node = await members.start('node-client', { token: dataServer.token, log: logged.log });
  address = { host: '127.0.0.1', port: dataServer.records.get(node.id)?.endpoint.port ?? 0 };
  const key = newPrivateKey();
  const request = await createCertificateRequest(key);
  const cert = await dataServer.certificateFor(request, 'control-server', newId<ComponentId>());
  credentials = { key, cert, rejectUnauthorized: false, ALPNProtocols: ['h2'] };
});
afterEach(async () => {
  await members[Symbol.asyncDispose]();
  await dataServer[Symbol.asyncDispose]();
});

/** The node still serves others, and its log names the address of whoever was cut off. */
async function expectCutOff(): Promise<void> {
  await expect.poll(() => logged.heard.some(({ facts }) => facts.from === '127.0.0.1')).toBe(true);
  const control = await members.start('control-server', { token: dataServer.token });
  await seen(control, node, 'online');
}

/** However it ends. */
async function ended(connection: tls.TLSSocket | http2.ClientHttp2Session): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  connection.on('error', () => {});
  connection.once('close', resolve);
  if (connection instanceof tls.TLSSocket) connection.resume();
  await promise;
}

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

test.each([
  ['garbage instead of HTTP/2', Buffer.alloc(64 * 1024, 'x')],
  [
    'a frame of 16 MiB',
    Buffer.concat([Buffer.from(preface), settings, Buffer.from([0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1])]),
  ],
  ['garbage after a good beginning', Buffer.concat([Buffer.from(preface), settings, Buffer.alloc(64 * 1024, 0xee)])],
])('%s ends the connection', async (_name, bytes) => {
  const socket = tls.connect({ ...address, ...credentials });
  await once(socket, 'secureConnect');
  socket.write(bytes);
  await ended(socket);
  await expectCutOff();
});

test.each([[['http/1.1']], [[]]])('one that offers %j over TLS is cut off', async (ALPNProtocols) => {
  await ended(tls.connect({ ...address, ...credentials, ALPNProtocols }));
  await expectCutOff();
});

test('a body that is announced with 1 GiB is refused unread', async () => {
  const session = http2.connect(`https://127.0.0.1:${address.port}`, credentials);
  const closed = ended(session);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/link/node-client/upload',
    'zhiyun-protocol': '1',
    'content-length': String(1024 ** 3),
  });
  stream.on('error', () => {});
  await closed;
  await expectCutOff();
});

test('a body without end is cut off before it costs memory', async () => {
  const session = http2.connect(`https://127.0.0.1:${address.port}`, credentials);
  let closed = false;
  void ended(session).then(() => {
    closed = true;
  });
  const path = { ':method': 'POST', ':path': '/link/node-client/upload', 'zhiyun-protocol': '1' };
  const stream = session.request(path);
  stream.on('error', () => {});
  const before = process.memoryUsage();
  const block = Buffer.alloc(64 * 1024, 'x');
  let sent = 0;
  while (!stream.destroyed && sent < 1024 ** 3) {
    sent += block.length;
    if (!stream.write(block)) await drained(stream);
  }
  await expect.poll(() => closed).toBe(true);
  expect(sent).toBeLessThan(64 * 1024 * 1024);
  const now = process.memoryUsage();
  expect(now.heapUsed + now.external - before.heapUsed - before.external).toBeLessThan(96 * 1024 * 1024);
  session.destroy();
  await expectCutOff();
});
