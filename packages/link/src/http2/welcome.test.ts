import { once } from 'node:events';
import http2, { type ServerHttp2Session } from 'node:http2';
import net, { type AddressInfo } from 'node:net';
import { linkProtocol } from '@zhiyun/contracts/links';
import { expect, onTestFinished, test } from 'vitest';
import { sayWelcome, welcomeOf } from './welcome.ts';

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

const invalid = { origin: 'https://zhiyun.invalid' };

test('is heard with the first frames', async () => {
  expect(await welcomeOf(await dial(sayWelcome), limit)).toEqual(linkProtocol);
});

test('of the first release is one version', async () => {
  const welcome = (session: ServerHttp2Session) => session.altsvc('zhiyun-1', invalid);
  expect(await welcomeOf(await dial(welcome), limit)).toEqual({ oldest: 1, newest: 1 });
});

test('is what the first release waits for', async () => {
  const session = await dial(sayWelcome);
  const [said] = await once(session, 'altsvc');
  expect(said).toBe('zhiyun-1');
});

test('is not what a listener without one, another program, or one that hangs up says', async () => {
  for (const answer of [
    () => {},
    (session: ServerHttp2Session) => session.altsvc('h3=":443"', invalid),
    (session: ServerHttp2Session) => session.destroy(),
  ])
    expect(await welcomeOf(await dial(answer), limit)).toBe(undefined);
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
  await expect(welcomeOf(session, { ...limit, timeoutMs: 20 })).rejects.toMatchObject({ code: 'timeout' });
  const stopping = new AbortController();
  const waiting = welcomeOf(session, { ...limit, signal: stopping.signal });
  stopping.abort(new Error('stop'));
  await expect(waiting).rejects.toThrow('stop');
});
