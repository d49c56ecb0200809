/** What may knock at the port of a member and what must not get in. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http2 from 'node:http2';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import type { ComponentId, DomainId } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import { type Logger, newId, silentLogger, systemClock } from '@zhiyun/kernel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Authority,
  createAuthority,
  createCertificateRequest,
  newPrivateKey,
  signComponentCertificate,
} from './certificates/certificates.ts';
import { dialHttp2 } from './http2/dial-http2.ts';
import { joinDomain } from './membership/join-domain.ts';
import { formatJoinToken, parseJoinToken } from './membership/token.ts';
import { type SmallDataServer, startSmallDataServer } from './testing/small-data-server.ts';
import { seen, testHandlers, testTable } from './testing/tables.ts';
import type { Member } from './types.ts';

let dataServer: SmallDataServer;
let home: string;
let node: Member;
let warnings: string[];

const log: Logger = { ...silentLogger, warn: (_facts, message) => warnings.push(message) };

async function joinNode(token: string, dataServers: readonly { host: string; port: number }[] = []): Promise<Member> {
  const at = {
    home: join(home, newId()),
    type: 'node-client',
    name: 'n1',
    version: '1',
    endpointHosts: ['127.0.0.1'],
    dataServers,
    token,
  } as const;
  return await joinDomain({ ...at, clock: systemClock, log });
}
async function nodeAddress(): Promise<{ host: string; port: number }> {
  const control = await joinDomain({
    home: join(home, 'control'),
    type: 'control-server',
    name: 'c1',
    version: '1',
    endpointHosts: ['127.0.0.1'],
    dataServers: [],
    token: dataServer.token,
    clock: systemClock,
    log: silentLogger,
  });
  await control.start();
  await seen(control, node, 'online');
  const address = control.peer(node.id)?.address;
  await control[Symbol.asyncDispose]();
  if (!address) throw new Error('no address');
  return address;
}

/** Credentials of anybody. */
async function credentialsOf(
  { type, domainId, id = newId<ComponentId>() }: { type: ComponentType; domainId: DomainId; id?: ComponentId },
  authority: Authority = dataServer.authority,
) {
  const privateKey = newPrivateKey();
  const name = { domainId, type, id };
  const request = await createCertificateRequest(privateKey);
  const certificate = await signComponentCertificate(authority, request, name, Date.now());
  return { privateKey, certificate, caCertificate: dataServer.authority.certificate };
}

async function dialNode(credentials: Awaited<ReturnType<typeof credentialsOf>>, id: ComponentId = node.id) {
  const expect = { type: 'node-client', id } as const;
  return await dialHttp2({ address: await nodeAddress(), credentials, expect, clock: systemClock });
}

beforeEach(async () => {
  warnings = [];
  home = await mkdtemp(join(tmpdir(), 'zhiyun-link-'));
  dataServer = await startSmallDataServer();
  node = await joinNode(dataServer.token);
  node.serve(testTable, testHandlers().handlers);
  await node.start();
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
  await dataServer[Symbol.asyncDispose]();
  await rm(home, { recursive: true });
});

describe('joining', () => {
  test('a wrong secret and text that is no token are refused', async () => {
    const token = parseJoinToken(dataServer.token);
    await expect(joinNode(formatJoinToken({ ...token, secret: 'guess' }))).rejects.toMatchObject({
      code: 'join-refused',
    });
    await expect(joinNode('zy1.garbage')).rejects.toThrow('not a join token');
    await expect(joinNode(dataServer.token.slice(0, -5))).rejects.toThrow('not a join token');
  });

  test('a false Data Server never sees the secret', async () => {
    await using false_ = await startSmallDataServer();
    const token = parseJoinToken(dataServer.token);
    const joining = joinNode(formatJoinToken({ ...token, dataServers: [false_.address] }));
    await expect(joining).rejects.toMatchObject({
      code: 'join-refused',
      message: expect.stringContaining('does not belong'),
    });
    expect(false_.joins).toBe(0);
  });

  test('somebody who shows the true CA certificate without its key is refused too', async () => {
    await using false_ = await startSmallDataServer();
    const chain = {
      ...(await credentialsOf({ type: 'data-server', domainId: dataServer.domainId }, false_.authority)),
    };
    let sawRequest = false;
    const server = http2.createSecureServer({
      key: chain.privateKey,
      cert: `${chain.certificate}\n${chain.caCertificate}`,
    });
    server.on('stream', () => {
      sawRequest = true;
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = { host: '127.0.0.1', port: (server.address() as net.AddressInfo).port };
    const token = parseJoinToken(dataServer.token);
    await expect(joinNode(formatJoinToken({ ...token, dataServers: [address] }))).rejects.toThrow();
    expect(sawRequest).toBe(false);
    server.close();
  });

  test('the next Data Server is tried when one does not answer', async () => {
    const second = await joinNode(dataServer.token, [{ host: '127.0.0.1', port: 1 }]);
    expect(second.domain.id).toBe(dataServer.domainId);
  });
});

describe('calling', () => {
  test('who is of the domain is let in without having to ask', async () => {
    const session = await dialNode(await credentialsOf({ type: 'control-server', domainId: dataServer.domainId }));
    expect(() => session.identity).toThrow('No hello was said');
    expect(await session.call('node-client/upload', { text: 'x' })).toEqual({ length: 1 });
    session.close();
  });

  test('a certificate of another authority is no certificate', async () => {
    const other = await createAuthority('other');
    const credentials = await credentialsOf({ type: 'control-server', domainId: dataServer.domainId }, other);
    await expect(dialNode(credentials)).rejects.toMatchObject({ code: 'not-authenticated' });
    expect(warnings.join()).toContain('refused a stranger');
  });

  test('a certificate of another domain or an expired one is refused', async () => {
    const elsewhere = await credentialsOf({ type: 'control-server', domainId: newId<DomainId>() });
    await expect(dialNode(elsewhere)).rejects.toMatchObject({ code: 'not-authenticated' });
    const privateKey = newPrivateKey();
    const certificate = await signComponentCertificate(
      dataServer.authority,
      await createCertificateRequest(privateKey),
      { domainId: dataServer.domainId, type: 'control-server', id: newId<ComponentId>() },
      Date.now() - 30 * 24 * 3600 * 1000,
    );
    const expired = { privateKey, certificate, caCertificate: dataServer.authority.certificate };
    await expect(dialNode(expired)).rejects.toThrow('CERT_HAS_EXPIRED');
  });

  test('a role that may not call is forbidden', async () => {
    const session = await dialNode(await credentialsOf({ type: 'storage-server', domainId: dataServer.domainId }));
    await expect(session.call('node-client/greet', { name: 'x' })).rejects.toMatchObject({ code: 'forbidden' });
    session.close();
  });

  test('a peer with another id than expected is not spoken to', async () => {
    const credentials = await credentialsOf({ type: 'control-server', domainId: dataServer.domainId });
    await expect(dialNode(credentials, newId<ComponentId>())).rejects.toMatchObject({
      code: 'join-refused',
      message: expect.stringContaining(`answers node-client (${node.id})`),
    });
  });

  test('another protocol version is refused with both named', async () => {
    const { privateKey, certificate, caCertificate } = await credentialsOf({
      type: 'control-server',
      domainId: dataServer.domainId,
    });
    const { host, port } = await nodeAddress();
    const tlsOptions = { ca: caCertificate, key: privateKey, cert: certificate, checkServerIdentity: () => undefined };
    const session = http2.connect(`https://${host}:${port}`, tlsOptions);
    const stream = session.request({ ':method': 'POST', ':path': '/link/hello', 'zhiyun-protocol': '99' });
    expect(JSON.parse(await text(stream))).toMatchObject({
      code: 'protocol-mismatch',
      detail: expect.stringMatching(/version 99 of the link protocol, this component speaks 1-\d/),
    });
    session.destroy();
  });

  test('a body of more than 1 MiB is refused, and the link goes on', async () => {
    const session = await dialNode(await credentialsOf({ type: 'control-server', domainId: dataServer.domainId }));
    const big = session.call('node-client/upload', { text: 'x'.repeat(1024 * 1024) });
    await expect(big).rejects.toMatchObject({ code: 'payload-too-large' });
    expect(await session.call('node-client/upload', { text: 'x'.repeat(1000) })).toEqual({ length: 1000 });
    session.close();
  });
});

describe('bytes that are no link', () => {
  test('garbage is cut off and logged; others do not notice', async () => {
    const address = await nodeAddress();
    const socket = net.connect(address);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await ended(socket);
    expect(warnings.join()).toContain('does not speak TLS');
  });

  test('an oversized frame ends the connection', async () => {
    const { privateKey, certificate } = await credentialsOf({ type: 'control-server', domainId: dataServer.domainId });
    const address = await nodeAddress();
    const socket = tls.connect({
      ...address,
      key: privateKey,
      cert: certificate,
      rejectUnauthorized: false,
      ALPNProtocols: ['h2'],
    });
    await once(socket, 'secureConnect');
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
    // A DATA frame of 16 MiB - 1, where at most 16 KiB were agreed on.
    socket.write(Buffer.from([0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1]));
    await ended(socket);
    expect(await nodeAddress()).toEqual(address);
  });
});

async function ended(socket: net.Socket): Promise<void> {
  socket.on('error', () => {});
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
}
