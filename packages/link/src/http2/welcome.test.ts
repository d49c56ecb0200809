import { once } from 'node:events';
import http2, { type ServerHttp2Session } from 'node:http2';
import net, { type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { isWelcomed, sayWelcome } from './welcome.ts';

const { signal } = new AbortController();
const limit = { label: 'node-client', timeoutMs: 10_000, signal };

async function dial(onSession: (session: ServerHttp2Session) => void) {
  const server = http2.createServer().on('session', (session) => {
    session.on('error', () => {});
    onSession(session);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  session.on('error', () => {});
  onTestFinished(() => {
    session.destroy();
    server.close();
  });
  return session;
}

test('is heard with the first frames', async () => {
  expect(await isWelcomed(await dial(sayWelcome), limit)).toBe(true);
});

test('is not what an older listener, another version, or one that hangs up says', async () => {
  for (const answer of [
    () => {},
    (session: ServerHttp2Session) => session.altsvc('zhiyun-99', { origin: 'https://zhiyun.invalid' }),
    (session: ServerHttp2Session) => session.destroy(),
  ])
    expect(await isWelcomed(await dial(answer), limit)).toBe(false);
});

test('is not waited for longer than its time, or than one wants to', async () => {
  const mute = net.createServer(() => {});
  mute.listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const session = http2.connect(`http://127.0.0.1:${(mute.address() as AddressInfo).port}`);
  onTestFinished(() => {
    session.destroy();
    mute.close();
  });
  await expect(isWelcomed(session, { ...limit, timeoutMs: 20 })).rejects.toMatchObject({ code: 'timeout' });
  const stopping = new AbortController();
  const waiting = isWelcomed(session, { ...limit, signal: stopping.signal });
  stopping.abort(new Error('stop'));
  await expect(waiting).rejects.toThrow('stop');
});
