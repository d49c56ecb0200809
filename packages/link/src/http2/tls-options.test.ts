import { once } from 'node:events';
import tls, { type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { ComponentId, DomainId } from '@zhiyun/contracts';
import type { LinkAddress } from '@zhiyun/contracts/links';
import { newId, silentLogger, systemClock } from '@zhiyun/kernel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type Authority,
  createAuthority,
  createCertificateRequest,
  newPrivateKey,
  signComponentCertificate,
} from '../certificates/certificates.ts';
import { Served } from '../rpc/served.ts';
import { type Credentials, connectTcp, connectTls } from './connect-tls.ts';
import { LinkServer, type ServerCredentials } from './link-server.ts';

const domainId = newId<DomainId>();
const id = newId<ComponentId>();
const agreed = { cipher: 'TLS_AES_128_GCM_SHA256', protocol: 'TLSv1.3', group: 'X25519' };

let authority: Authority;
let credentials: ServerCredentials;
let server: LinkServer;
let address: LinkAddress;

beforeEach(async () => {
  authority = await createAuthority('test');
  credentials = await newCredentials();
  const self = { id, type: 'node-client', name: 'n1' } as const;
  server = new LinkServer({
    ...{ self, domainId, credentials, served: new Served() },
    ...{ clock: systemClock, log: silentLogger },
  });
  address = { host: '127.0.0.1', port: await server.listen('127.0.0.1', 0) };
});
afterEach(() => server[Symbol.asyncDispose]());

async function newCredentials(): Promise<ServerCredentials> {
  const privateKey = newPrivateKey();
  const request = await createCertificateRequest(privateKey);
  const certificate = await signComponentCertificate(
    authority,
    request,
    { domainId, type: 'node-client', id },
    Date.now(),
  );
  return { privateKey, certificate, caCertificate: authority.certificate };
}

async function dial(as: Credentials): Promise<TLSSocket> {
  const { signal } = new AbortController();
  const tcp = await connectTcp(address, 'n1', { timeoutMs: 5_000, signal });
  return await connectTls(tcp, {
    ...{ address, credentials: as, label: 'n1', timeoutMs: 5_000, clock: systemClock, signal },
    expect: { type: 'node-client', id, domainId },
  });
}

function agreedOn(socket: TLSSocket) {
  const { name } = socket.getEphemeralKeyInfo() as { name?: string };
  return { cipher: socket.getCipher().name, protocol: socket.getProtocol(), group: name };
}

/** Somebody who speaks TLS as he likes. */
async function knock(options: ConnectionOptions): Promise<TLSSocket> {
  const socket = tls.connect({ ...address, rejectUnauthorized: false, ALPNProtocols: ['h2'], ...options });
  await once(socket, 'secureConnect');
  return socket;
}

test('a link uses the cheapest of the strong suites and groups, whoever dials', async () => {
  for (const as of [credentials, { caCertificate: authority.certificate }]) {
    const socket = await dial(as);
    expect(agreedOn(socket)).toEqual(agreed);
    socket.destroy();
  }
  // An earlier version of ours, which leaves the choice to Node.
  const socket = await knock({});
  expect(agreedOn(socket)).toEqual(agreed);
  socket.destroy();
});

test('it offers nothing else, also with a renewed certificate', async () => {
  for (const renewed of [false, true]) {
    if (renewed) server.renew(await newCredentials());
    await expect(knock({ maxVersion: 'TLSv1.2' })).rejects.toThrow('protocol version');
    await expect(knock({ ecdhCurve: 'P-256' })).rejects.toThrow('handshake failure');
    await expect(knock({ ciphers: 'TLS_AES_256_GCM_SHA384' })).rejects.toThrow('handshake failure');
  }
});

test('nobody resumes a session: each connection proves anew who it is', async () => {
  const first = await knock({});
  const [session] = (await once(first, 'session')) as [Buffer];
  first.destroy();
  const second = await knock({ session });
  expect(second.isSessionReused()).toBe(false);
  second.destroy();
});
