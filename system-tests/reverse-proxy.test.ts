/**
 * A browser's day through each reverse proxy of the guide: sign in, follow events, upload, open a console. And through none of them
 * does one client's guessing count against another.
 */

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request as secureRequest } from 'node:https';
import { createServer, type LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Image, Instance, Operation } from '@zhiyun/contracts';
import { createAuthority, createCertificateRequest, newPrivateKey, signServerCertificate } from '@zhiyun/link';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Platform, startPlatform, until } from './src/platform.ts';
import { missingProxies, type ProxyName, proxyPrograms, startProxy } from './src/reverse-proxies.ts';

const missing = missingProxies();
if (missing.length > 0) console.log(`skipped: there is no ${missing.join(', ')}`);
const names = Object.keys(proxyPrograms) as ProxyName[];

/** `cloud.example` is this machine. */
const lookup: LookupFunction = (_host, { all }, done) =>
  all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

describe.skipIf(missing.length > 0)('behind', () => {
  const ends = new AsyncDisposableStack();
  const ports = new Map<ProxyName, number>();
  let platform: Platform;
  let ca: string;
  let instance: Instance;

  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'zhiyun-proxies-'));
    ends.defer(() => rm(directory, { recursive: true }));
    for (const name of names) ports.set(name, await freePort());
    platform = await startPlatform(
      { ZHIYUN_PUBLIC_URL: `https://cloud.example:${ports.get('nginx')}`, ZHIYUN_TRUSTED_PROXIES: '127.0.0.1' },
      ['--simulated'],
    );
    ends.use(platform);
    const authority = await createAuthority('everybody knows');
    ca = authority.certificate;
    const key = newPrivateKey();
    const certificateFile = join(directory, 'cloud.example.pem');
    const signed = await signServerCertificate(
      authority,
      await createCertificateRequest(key),
      ['cloud.example'],
      Date.now(),
    );
    await writeFile(certificateFile, `${signed}\n${key}`);
    for (const [name, port] of ports) {
      const caFile = join(platform.home, 'ca.pem');
      ends.use(
        await startProxy(name, { directory, port, certificateFile, gateway: new URL(platform.url).host, caFile }),
      );
    }
    const { client } = platform;
    const made = await client.createInstance({
      body: { name: 'web-1', cores: 1, memoryBytes: 256 * 1024 * 1024, disks: [] },
    });
    await until(
      async () => (await client.getOperation({ params: { id: made.id } })).state === 'succeeded',
      'the instance',
    );
    instance = await client.getInstance({ params: { id: 'web-1' } });
  });
  afterAll(() => ends.disposeAsync());

  interface Asked {
    method?: string;
    headers?: OutgoingHttpHeaders;
    body?: string | Buffer;
    /** Whose loopback address. */
    from?: string;
  }
  function open(url: string, { method = 'GET', headers = {}, body, from = '127.0.0.1' }: Asked) {
    const request = secureRequest(url, { method, headers, ca, lookup, localAddress: from, agent: false });
    request.end(body);
    return once(request, 'response') as Promise<[IncomingMessage]>;
  }
  async function ask(
    url: string,
    asked: Asked = {},
  ): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
    const [response] = await open(url, asked);
    return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
  }

  describe.each(names)('%s', (name) => {
    let origin: string;
    let cookie: string;
    /** As the console's page asks. */
    const asPage = (more: OutgoingHttpHeaders = {}): OutgoingHttpHeaders => ({
      origin,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/json',
      ...(cookie && { cookie }),
      ...more,
    });
    const api = (path: string) => `${origin}/api/v1${path}`;
    const signIn = (password: string, asked: Asked = {}) =>
      ask(api('/sessions'), {
        method: 'POST',
        headers: asPage(),
        body: JSON.stringify({ username: 'admin', password }),
        ...asked,
      });

    beforeAll(() => {
      origin = `https://cloud.example:${ports.get(name)}`;
    });

    test('the console comes, over HTTP/2 and compressed', async () => {
      const session = connectHttp2(origin, { ca, lookup });
      try {
        const stream = session.request({ ':path': '/login', 'accept-encoding': 'br', accept: 'text/html' });
        const [headers] = await once(stream, 'response');
        expect(headers[':status']).toBe(200);
        expect(headers['content-security-policy']).toContain("default-src 'none'");
        stream.resume();
        await once(stream, 'end');
      } finally {
        session.destroy();
      }
    });

    test('one signs in, and no page of another site can change anything', async () => {
      cookie = '';
      const answer = await signIn(platform.password);
      expect(answer.status, answer.body).toBe(201);
      cookie = /^[^;]+/.exec(answer.headers['set-cookie']?.[0] ?? '')?.[0] ?? '';
      expect(cookie).toMatch(/^__Host-zhiyun-/);
      expect((await ask(api('/users/me'), { headers: { cookie } })).status).toBe(200);
      const foreign = await ask(api('/compute-pools'), {
        method: 'POST',
        headers: asPage({ origin: 'https://evil.example' }),
        body: '{"name":"evil"}',
      });
      expect([foreign.status, JSON.parse(foreign.body).code]).toEqual([403, 'cross-site-request']);
    });

    test('events come as they happen', async () => {
      const [events] = await open(api('/events'), { headers: asPage({ accept: 'text/event-stream' }) });
      expect(events.statusCode).toBe(200);
      let said = '';
      events.on('data', (part) => {
        said += part;
      });
      const pool = await ask(api('/compute-pools'), {
        method: 'POST',
        headers: asPage(),
        body: JSON.stringify({ name: `pool-${name}` }),
      });
      expect(pool.status, pool.body).toBe(201);
      await until(async () => said.includes(`pool-${name}`), 'the event', 5_000);
      events.destroy();
    });

    test('an upload arrives in two pieces', async () => {
      const bytes = Buffer.alloc(6 * 1024 * 1024, 1);
      bytes.writeUInt16LE(0xaa55, 510);
      const created = await ask(api('/images'), {
        method: 'POST',
        headers: asPage(),
        body: JSON.stringify({ name: `image-${name}`, kind: 'disk', sizeBytes: bytes.length }),
      });
      const { id, uploadUrl } = JSON.parse(created.body) as Image;
      expect(uploadUrl).toBe(api(`/images/${id}/content`));
      expect(created.headers.location).toBe(uploadUrl);
      const half = bytes.length / 2;
      for (const offset of [0, half]) {
        const answer = await ask(uploadUrl ?? '', {
          method: 'PATCH',
          headers: asPage({
            'tus-resumable': '1.0.0',
            'content-type': 'application/offset+octet-stream',
            'upload-offset': String(offset),
          }),
          body: bytes.subarray(offset, offset + half),
        });
        expect([answer.status, answer.headers['upload-offset']], answer.body).toEqual([204, String(offset + half)]);
      }
      await until(
        async () => (await platform.client.getImage({ params: { id } })).state !== 'uploading',
        'the platform to look at the image',
      );
    });

    test('a console is opened at the address that the platform names', async () => {
      const answer = await ask(api(`/instances/${instance.id}/serial-tickets`), { method: 'POST', headers: asPage() });
      const { url } = JSON.parse(answer.body) as { url: string };
      expect(url).toMatch(new RegExp(`^${origin.replace('https', 'wss')}/`));
      const socket = new WebSocket(url, ['binary'], { ca, lookup, origin });
      let said = '';
      socket.on('message', (bytes: Buffer) => {
        said += bytes.toString();
      });
      await once(socket, 'open');
      socket.send('ping through the proxy');
      await until(async () => said.includes('ping through the proxy'), `an echo in ${JSON.stringify(said)}`, 10_000);
      socket.terminate();
    });

    test('who guesses is slowed down, and nobody else', async () => {
      const guesser = `127.0.1.${names.indexOf(name) + 1}`;
      const statuses: number[] = [];
      // Whatever he writes himself about where he comes from.
      for (let guess = 0; guess < 8; guess++)
        statuses.push(
          (await signIn('wrong', { from: guesser, headers: asPage({ 'x-forwarded-for': `10.0.0.${guess}` }) })).status,
        );
      expect(statuses).toContain(429);
      expect((await signIn(platform.password, { from: `127.0.2.${names.indexOf(name) + 1}` })).status).toBe(201);
    });
  });

  test('a deletion ends what was made', async () => {
    const gone: Operation = await platform.client.deleteInstance({ params: { id: instance.id } });
    await until(
      async () => (await platform.client.getOperation({ params: { id: gone.id } })).state === 'succeeded',
      'the deletion',
    );
  });
});
