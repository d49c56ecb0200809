import { fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import http2, { type ClientHttp2Session, type Http2Session as NodeSession } from 'node:http2';
import net from 'node:net';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import tls, { type TLSSocket } from 'node:tls';
import { type PlatformError, systemClock } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import {
  createAuthority,
  createCertificateRequest,
  newPrivateKey,
  signServerCertificate,
} from '../certificates/certificates.ts';
import { answerMs } from '../limits.ts';
import { ConnectionEnd } from './connection-end.ts';
import { Http2Session } from './http2-session.ts';
import { goodbye } from './wire.ts';

/** A session that never says `close`, as one of Node whose peer has reset the connection while it wrote. */
class MuteSession extends EventEmitter {
  destroyed = false;
  destroy(): void {
    this.destroyed = true;
  }
}

function muteConnection(): { session: MuteSession; socket: Duplex; end: ConnectionEnd } {
  const session = new MuteSession();
  const socket = new Duplex({ read() {}, write() {} });
  return { session, socket, end: new ConnectionEnd(session as unknown as NodeSession, socket) };
}

test('a connection has ended when its socket has, though its session says nothing', async () => {
  const { socket, end } = muteConnection();
  socket.destroy();
  expect(await end.ended).toBe('lost');
});

test('a goodbye is remembered', async () => {
  const { session, socket, end } = muteConnection();
  session.emit('goaway', 0, 0, goodbye);
  socket.destroy();
  expect(await end.ended).toBe('goodbye');
});

test('one that is given up has ended at once, and its socket goes too', async () => {
  const { session, socket, end } = muteConnection();
  end.close();
  expect(await end.ended).toBe('lost');
  expect(session.destroyed).toBe(true);
  await once(socket, 'close');
});

async function credentials(): Promise<{ KEY: string; CERTIFICATE: string }> {
  const authority = await createAuthority('test');
  const KEY = newPrivateKey();
  const request = await createCertificateRequest(KEY);
  return { KEY, CERTIFICATE: await signServerCertificate(authority, request, ['127.0.0.1'], systemClock.now()) };
}

async function connected(port: number): Promise<{ socket: TLSSocket; connection: ClientHttp2Session }> {
  const tcp = net.connect({ port, host: '127.0.0.1', noDelay: true });
  await once(tcp, 'connect');
  const socket = tls.connect({ socket: tcp, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
  await once(socket, 'secureConnect');
  const connection = http2.connect('https://127.0.0.1', { createConnection: () => socket });
  connection.on('error', () => {});
  return { socket, connection };
}

/** Several times: about one of five leaves a session of Node that hears nothing and never closes. */
test('a peer that is killed in the middle of a conversation: calls end in time, and so does the session', {
  timeout: 60_000,
}, async () => {
  const env = { ...process.env, ...(await credentials()) };
  for (let time = 0; time < 12; time++) {
    const child = fork(join(import.meta.dirname, '..', 'testing', 'dying-server.ts'), { env });
    const died = once(child, 'exit');
    const [port] = (await once(child, 'message')) as [number];
    const { socket, connection } = await connected(port);
    const address = { host: '127.0.0.1', port };
    const session = new Http2Session(connection, { socket, label: 'the peer', address, clock: systemClock });
    const ask = () => session.call('x/y', { text: 'x'.repeat(500) }, { timeoutMs: 300 });
    const keepAsking = async (): Promise<unknown> => ask().then(keepAsking, (error: unknown) => error);
    const asking = Array.from({ length: 10 }, keepAsking);
    await setImmediate();
    child.send('die');
    await systemClock.sleep(5);
    asking.push(...Array.from({ length: 5 }, keepAsking));
    session.heartbeat();
    await setImmediate();
    // Busy, so that the last answers and the reset are found together.
    const since = performance.now();
    while (performance.now() - since < 40);

    for (const error of await Promise.all(asking))
      expect(['unavailable', 'timeout']).toContain((error as PlatformError).code);
    await died;
    let end: string | undefined;
    void session.ended.then((how) => {
      end = how;
    });
    const beat = () => {
      session.heartbeat();
      return end;
    };
    await expect.poll(beat, { interval: answerMs + 100, timeout: 10_000 }).toBe('lost');
    await expect.poll(() => socket.destroyed, { timeout: 5_000 }).toBe(true);
  }
});
